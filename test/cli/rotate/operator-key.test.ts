/** The operator's SSH key, on an SSH server whose authorized_keys are a file: cut off after each step, and run again. */
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { publicKeyOf, replaceOperatorKey } from "../../../cli/rotate/operator-key";
import { runOverSsh, type SshHost } from "../../../components/host/ssh";
import { newSshKey } from "../../../toolchain/sshkeys";
import { startSshServer } from "../../local-cloud/providers/command/ssh-server";

const somebody = newSshKey("somebody else").publicKey;
let folder: string;
let file: string;
let authorized: string;
let before: string;
let server: Awaited<ReturnType<typeof startSshServer>>;
let host: SshHost;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "operator-key-"));
  [file, authorized] = [join(folder, "operator"), join(folder, ".ssh", "authorized_keys")];
  await mkdir(join(folder, ".ssh"));
  before = newSshKey("ana").privateKey;
  await writeFile(file, before, { mode: 0o600 });
  // An option before it, and no end of line after it, as people leave them.
  await writeFile(authorized, `${somebody}\nno-agent-forwarding ${publicKeyOf(before)} ana`, { mode: 0o600 });
  server = await startSshServer({ acceptEnv: [], root: folder, home: folder });
  host = { host: "127.0.0.1", port: server.port, hostKey: server.hostKey };
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

type Step = "authorised" | "swapped" | "removed";
const replace = (cutOffAt?: Step) =>
  replaceOperatorKey({
    file,
    hosts: [host],
    comment: "smarteros ana@laptop",
    onStep: (step) => {
      if (step === cutOffAt) throw new Error(`cut off: ${step}`);
    },
    signal: new AbortController().signal,
  });
const opens = (privateKey: string) =>
  runOverSsh({ ...host, privateKey }, "true").then(
    () => true,
    (error: { level?: string }) => {
      if (error.level === "client-authentication") return false;
      throw error;
    },
  );
const keys = async () => (await readFile(authorized, "utf8")).trim().split("\n");

/** The new one alone opens the host, in its file, and nobody else's was touched. */
async function expectReplaced(): Promise<void> {
  const fresh = await readFile(file, "utf8");
  expect([await opens(fresh), await opens(before)]).toEqual([true, false]);
  expect(await keys()).toEqual([somebody, `${publicKeyOf(fresh)} smarteros ana@laptop`]);
  expect([(await stat(file)).mode & 0o777, (await stat(authorized)).mode & 0o777]).toEqual([0o600, 0o600]);
  expect((await readdir(folder)).sort()).toEqual([".ssh", "operator"]);
  expect(await readdir(join(folder, ".ssh"))).toEqual(["authorized_keys"]);
}

describe("the operator's SSH key", () => {
  it("is replaced: the new one logs in before the old one is taken away", async () => {
    const checks = await replace();
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ["ssh.operator: 127.0.0.1 takes the new key", true],
      ["ssh.operator: 127.0.0.1 refuses the old key", true],
    ]);
    await expectReplaced();
  });

  it.each<Step>(["authorised", "swapped", "removed"])(
    "cut off when it was %s, opens the host, and the next run goes on",
    async (step) => {
      await expect(replace(step)).rejects.toThrow("cut off");
      expect(await opens(await readFile(file, "utf8"))).toBe(true);
      const made = (await readdir(folder)).includes("operator.next")
        ? await readFile(`${file}.next`, "utf8")
        : await readFile(file, "utf8");
      await replace();
      expect(await readFile(file, "utf8")).toBe(made);
      await expectReplaced();
    },
  );

  it("cut off in the middle of the swap, goes on too", async () => {
    await expect(replace("authorised")).rejects.toThrow("cut off");
    await link(file, `${file}.old`);
    await replace();
    await expectReplaced();
  });

  it("with the new one lost in the middle of the swap, takes nothing away", async () => {
    await link(file, `${file}.old`);
    await expect(replace()).rejects.toThrow(/operator\.old: holds the key in use.*fix: remove it/);
    expect(await opens(before)).toBe(true);
    await rm(`${file}.old`);
    await replace();
    await expectReplaced();
  });

  it("stays as it is while one of its hosts does not answer", async () => {
    const down = { ...host, port: 1 };
    await expect(
      replaceOperatorKey({
        file,
        hosts: [host, down],
        comment: "smarteros ana@laptop",
        onStep: () => undefined,
        signal: new AbortController().signal,
      }),
    ).rejects.toThrow(/ECONNREFUSED/);
    expect([await readFile(file, "utf8"), await opens(before)]).toEqual([before, true]);
    await replace();
    await expectReplaced();
  });

  it("is not called replaced while the host lets the old one in from elsewhere", async () => {
    await writeFile(`${authorized}2`, `${publicKeyOf(before)} ana\n`);
    expect((await replace()).filter(({ ok }) => !ok)).toEqual([
      { name: "ssh.operator: 127.0.0.1 refuses the old key", ok: false, evidence: "logged in" },
    ]);
    await rm(`${authorized}2`);
    expect((await replace()).filter(({ ok }) => !ok)).toEqual([]);
    await expectReplaced();
  });
});
