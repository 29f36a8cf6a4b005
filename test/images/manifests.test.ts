import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { asOf, type Manifest } from "../../contracts/manifest";
import type { Log } from "../../images/agent/src/log";
import { Manifests, type SetEntry } from "../../images/agent/src/manifests";
import { oneAtATime } from "../../images/agent/src/serial";
import type { Store } from "../../images/agent/src/store";
import { chooseSet } from "../../stacks/backup-store";
import { body } from "../stacks/manifests";

const passwords = { postgres: "p", files: "f" };
const at = (seconds: number) => `2026-11-24T03:50:${String(seconds).padStart(2, "0")}.000Z`;
const vault = (seconds: number): SetEntry => ({
  snapshot: `vault-${seconds}`,
  takenAt: at(seconds),
  files: 2,
  bytes: 1,
});
const cycle = (seconds: number, vaultSeconds = seconds) =>
  body({ consistentAt: at(seconds), files: { ...body().files, vault: vault(vaultSeconds) } });

let stateDir: string;
let written: { key: string; text: string }[];
let logged: string[];
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "smarteros-manifests-"));
  [written, logged] = [[], []];
});
afterEach(() => rmSync(stateDir, { recursive: true }));

const open = (generation = 1) =>
  Manifests.open({
    generation,
    passwords,
    stateDir,
    store: {
      putJson: async (key: string, value: unknown) => void written.push({ key, text: JSON.stringify(value) }),
    } as unknown as Store,
    log: { info: () => undefined, error: (event) => void logged.push(event) } satisfies Log,
  });

/** As the recovery finds it: newest name first. */
const chosen = (): Manifest => {
  const candidates = [...written].sort((a, b) => (a.key < b.key ? 1 : -1));
  return chooseSet(candidates, passwords, 1).chosen!.manifest;
};

describe("manifests", () => {
  test("that renew Vault are what a recovery finds, with the last cycle's database", async () => {
    const manifests = await open();
    await manifests.cycle(at(0), cycle(0));
    await manifests.renewVault(vault(10));
    await manifests.renewVault(vault(20));
    expect(chosen().body).toMatchObject({
      consistentAt: at(0),
      files: { vault: vault(20), odoo: body().files["odoo"] },
    });
    expect(asOf(chosen().body)).toBe(at(20));
    await manifests.cycle(at(30), cycle(30));
    expect(chosen().body).toMatchObject({ consistentAt: at(30), files: { vault: vault(30) } });
    expect(asOf(chosen().body)).toBe(at(30));
  });

  test("of a cycle that began before a renewal hold the newer of both", async () => {
    const manifests = await open();
    await manifests.cycle(at(0), cycle(0));
    await manifests.renewVault(vault(35)); // while the cycle of second 30 is at work, which took Vault at 33
    await manifests.cycle(at(30), cycle(30, 33));
    expect(chosen().body).toMatchObject({ consistentAt: at(30), files: { vault: vault(35) } });
  });

  test("are not written for a change before the first cycle", async () => {
    expect(await (await open()).renewVault(vault(1))).toBeUndefined();
    expect(written).toEqual([]);
  });

  test("are remembered by the next process of the same generation", async () => {
    await (await open()).cycle(at(0), cycle(0));
    expect((await open()).body?.consistentAt).toBe(at(0));
    expect((await open(2)).body).toBeUndefined();
    writeFileSync(join(stateDir, "newest-set.json"), '{"from": "another version"}');
    expect((await open()).body).toBeUndefined();
    expect(logged).toEqual(["state-not-understood"]);
  });

  test("that could not be written are not what the agent says it has", async () => {
    const manifests = await Manifests.open({
      generation: 1,
      passwords,
      stateDir,
      store: { putJson: () => Promise.reject(new Error("no store")) } as unknown as Store,
      log: { info: () => undefined, error: () => undefined },
    });
    await expect(manifests.cycle(at(0), cycle(0))).rejects.toThrow("no store");
    expect(manifests.body).toBeUndefined();
  });
});

test("one at a time: in order, also after a failure", async () => {
  const queue = oneAtATime();
  const seen: string[] = [];
  const step = (name: string, fails = false) =>
    queue(async () => {
      seen.push(`${name} begins`);
      await new Promise(setImmediate);
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const results = await Promise.allSettled([step("a", true), step("b")]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});
