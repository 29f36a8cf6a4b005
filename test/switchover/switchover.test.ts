import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as ssh from "../../components/host/ssh";
import { manifestKey } from "../../contracts/generation";
import { signManifest } from "../../contracts/manifest";
import type { SwitchoverSpec } from "../../contracts/switchover";
import { cycleNowScript } from "../../switchover/scripts";
import { switchOver } from "../../switchover/switchover";
import { body } from "../stacks/manifests";
import { MemoryS3 } from "../stacks/memory-s3";

const passwords = { postgres: "postgres cipher", files: "files cipher" };
const [before, stopped, after] = ["2026-11-24T04:00:00.000Z", "2026-11-24T04:00:10.000Z", "2026-11-24T04:00:11.000Z"];
const claimOf = (change: object) =>
  JSON.stringify({
    generation: 3,
    restoreFrom: 2,
    manifestKey: manifestKey(2, before),
    targetTime: null,
    claimedAt: before,
    claimedBy: "ana@laptop",
    ...change,
  });

let folder: string;
let s3: MemoryS3;
/** What was done on the host that serves. */
let done: string[];
/** Whether the services run there. */
let serves: boolean;
/** What the host does when it is asked for a cycle. */
let cycle: () => void;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "switchover-"));
  writeFileSync(join(folder, "key"), "key");
  s3 = new MemoryS3();
  backup(before);
  done = [];
  serves = true;
  cycle = () => backup(after);
  vi.spyOn(ssh, "runOverSsh").mockImplementation(async (_host, script) => {
    if (script.includes("docker stop")) {
      done.push("stop");
      serves = false;
      return `${stopped}\n`;
    }
    if (script === cycleNowScript) {
      done.push("cycle");
      cycle();
      return "";
    }
    done.push("start");
    serves = true;
    return "";
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

const backup = (consistentAt: string) =>
  s3.objects.set(
    manifestKey(2, consistentAt),
    JSON.stringify(signManifest({ ...body(), generation: 2, consistentAt }, passwords)),
  );
const spec = (): SwitchoverSpec => ({
  domain: "smarterbot.test",
  generation: 3,
  from: 2,
  operator: "ana@laptop",
  active: { address: "198.51.100.7", user: "root", privateKeyFile: join(folder, "key"), hostKey: "ssh-ed25519 AAAA" },
  services: ["odoo", "n8n"],
  bucket: "backups",
  aws: { region: "eu-central-1" },
  passwords,
});
const claimed = () => s3.objects.get("g3/claim.json") && JSON.parse(s3.objects.get("g3/claim.json")!).manifestKey;

it("stops what writes, and claims the generation with the first backup of after that", async () => {
  expect(await switchOver(spec())).toMatchObject({ quiescedAt: stopped, manifestKey: manifestKey(2, after) });
  expect([done, claimed(), serves]).toEqual([["stop", "cycle"], manifestKey(2, after), false]);
});

it("does not take the backup that is there for the last one, nor one of the moment before the stop", async () => {
  cycle = () => {
    backup(stopped);
    setTimeout(() => backup(after), 300);
  };
  expect((await switchOver(spec())).manifestKey).toBe(manifestKey(2, after));
});

describe("run again", () => {
  it("after it was killed when everything had stopped, makes a backup of after the second stop", async () => {
    serves = false;
    expect((await switchOver(spec())).manifestKey).toBe(manifestKey(2, after));
  });
  it("after the claim touches nothing, and gives the set that was claimed", async () => {
    s3.objects.set("g3/claim.json", claimOf({ manifestKey: manifestKey(2, after) }));
    expect(await switchOver(spec())).toEqual({ pausedAt: null, quiescedAt: null, manifestKey: manifestKey(2, after) });
    expect(await switchOver({ ...spec(), active: undefined })).toMatchObject({ manifestKey: manifestKey(2, after) });
    expect(done).toEqual([]);
  });
  it("after another's claim is refused, and touches nothing", async () => {
    s3.objects.set("g3/claim.json", claimOf({ claimedBy: "bea@desk" }));
    await expect(switchOver(spec())).rejects.toThrow(/generation 3 was claimed by bea@desk at .*; fix: /);
    expect(done).toEqual([]);
  });
});

describe("lets the site serve again, and claims nothing,", () => {
  const refused = async (why: RegExp) => {
    await expect(switchOver(spec())).rejects.toThrow(why);
    expect([done.at(-1), claimed(), serves]).toEqual(["start", undefined, true]);
  };
  it("when a service does not stop", async () => {
    vi.mocked(ssh.runOverSsh).mockRejectedValueOnce(new Error("198.51.100.7: odoo does not stop"));
    await refused(/odoo does not stop; nothing was taken over: the services were started again/);
  });
  it("when no cycle can be asked for", async () => {
    cycle = () => {
      throw new Error("no such container: agent");
    };
    await refused(/no such container: agent; nothing was taken over/);
  });
  it("when the last backup is held, as its files look encrypted", async () => {
    cycle = () => {
      backup(after);
      s3.objects.set("g2/holds/odoo/2026-11-24T040011000Z.json", "{}");
    };
    await refused(/the backups of generation 2 are held/);
  });
});

it("leaves the services stopped when somebody else has claimed the generation meanwhile", async () => {
  cycle = () => {
    backup(after);
    s3.objects.set("g3/claim.json", claimOf({ claimedBy: "bea@desk" }));
  };
  await expect(switchOver(spec())).rejects.toThrow(/claimed by bea@desk/);
  expect([done, serves]).toEqual([["stop", "cycle"], false]);
});

it("leaves them stopped when nobody can say whether it is claimed, and says what to do", async () => {
  cycle = () => s3.refuse("SlowDown", 503);
  await expect(switchOver(spec())).rejects.toThrow(
    /whether generation 3 is claimed is not known, so the services stay stopped; fix: .* on 198.51.100.7: docker start odoo n8n/,
  );
  expect(serves).toBe(false);
});
