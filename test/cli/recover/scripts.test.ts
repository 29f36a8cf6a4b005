import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  parseJournals,
  readJournalsScript,
  writeJournalScript,
  type RecoverJournal,
} from "../../../cli/recover/journal";
import {
  carryOver,
  dropFreshScript,
  freshFolderScript,
  keptScript,
  releaseScript,
  switchPathScript,
  switchScript,
} from "../../../cli/recover/scripts";
import { setAsideScript } from "../../../cli/recover/vault-scripts";

/** Programs that change something: each call may be the last of its script. */
const changing = ["chmod", "chown", "cp", "mkdir", "mv", "rm", "sync", "touch"];

let root: string;
let shims: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "smarteros-recover-"));
  shims = mkdtempSync(join(tmpdir(), "smarteros-shims-"));
  for (const name of changing) {
    const real = execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    writeFileSync(
      join(shims, name),
      `#!/bin/sh\nn=$(( $(cat ${shims}/count) + 1 )); echo $n > ${shims}/count\n[ $n -ne $KILL_AT ] || { kill -9 $PPID; exit; }\nexec ${real} "$@"\n`,
    );
    chmodSync(join(shims, name), 0o755);
  }
});
afterEach(() => {
  for (const folder of [root, shims]) rmSync(folder, { recursive: true });
});

/** Runs a host's script on the test's folder. @param killAt kills it before its n-th change @returns whether it came to its end */
function run(script: string, killAt = 0): { ended: boolean; stdout: string; stderr: string } {
  writeFileSync(join(shims, "count"), "0");
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script.replaceAll("/srv/smarteros", root)], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${shims}:${process.env["PATH"]}`, KILL_AT: String(killAt) },
  });
  return { ended: status === 0, stdout, stderr };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}
const read = (path: string) => readFileSync(join(root, path), "utf8");
const subject = { folder: "odoo", id: "r1" };
const since = "2026-11-24T12:00:00.000Z";

/** A damaged set, and what was restored beside it. */
function prepare(): void {
  rmSync(root, { recursive: true });
  write("odoo/kept", "damaged");
  write("odoo/sub folder/young", "young");
  write("odoo/.smarteros-restored.json", "of the stack");
  write("odoo.new-r1/kept", "sound");
  write("odoo.new-r1/deleted", "sound");
  write("odoo.new-r1/.smarteros-restored.json", "of the recovery");
}

describe("putting a restored folder in place, killed before each change and run again", () => {
  const script = switchScript(subject, carryOver(subject, "2000-01-01T00:00:00Z"));

  it("always ends with the restored data, and keeps the damaged", () => {
    let moments = 0;
    for (let killAt = 1; ; killAt++) {
      prepare();
      const first = run(script, killAt);
      if (first.ended) break;
      moments += 1;
      const second = run(script);
      expect([killAt, second.ended, second.stderr]).toEqual([killAt, true, ""]);
      expect([read("odoo/kept"), read("odoo/deleted"), read("odoo.damaged-r1/kept")]).toEqual([
        "sound",
        "sound",
        "damaged",
      ]);
      expect(read("odoo/sub folder/young")).toBe("young");
      expect(read("odoo/.smarteros-restored.json")).toBe("of the stack");
      expect(existsSync(join(root, "odoo.new-r1"))).toBe(false);
    }
    expect(moments).toBeGreaterThan(5);
  });

  it("changes nothing when it is done again", () => {
    prepare();
    expect(run(script).stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
    write("odoo/later", "written since");
    expect(run(script).ended).toBe(true);
    expect(read("odoo/later")).toBe("written since");
  });

  it("refuses a restore that has not ended, and a folder that somebody made meanwhile", () => {
    prepare();
    rmSync(join(root, "odoo.new-r1/.smarteros-restored.json"));
    expect(run(script).stderr).toContain("holds no finished restore");
    prepare();
    write("odoo.damaged-r1/kept", "damaged");
    expect(run(script).stderr).toContain("are both there");
    expect(read("odoo/kept")).toBe("damaged");
  });

  it("carries over only what came since, and replaces nothing", () => {
    prepare();
    const old = new Date("2020-01-01");
    utimesSync(join(root, "odoo/sub folder/young"), old, old); // its date says nothing: it was put there now
    expect(run(switchScript(subject, carryOver(subject, since.replace("2026", "2020")))).ended).toBe(true);
    expect([read("odoo/sub folder/young"), read("odoo/kept")]).toEqual(["young", "sound"]);
    prepare();
    expect(run(switchScript(subject, carryOver(subject, "2999-01-01T00:00:00Z"))).ended).toBe(true);
    expect(existsSync(join(root, "odoo/sub folder"))).toBe(false);
  });
});

describe("putting one path in place, killed before each change and run again", () => {
  it.each(["a b/c/file", "a b/c", "file"])("%s", (path) => {
    const script = switchPathScript(subject, path);
    const inside = path.endsWith("c") ? `${path}/file` : path;
    for (let killAt = 1; ; killAt++) {
      rmSync(root, { recursive: true });
      write("odoo/other", "untouched");
      write(`odoo/${inside}`, "damaged");
      write(`odoo.new-r1/${inside}`, "sound");
      write("odoo.new-r1/.smarteros-restored.json", "{}");
      if (run(script, killAt).ended) break;
      const second = run(script);
      expect([killAt, second.ended, second.stderr]).toEqual([killAt, true, ""]);
      expect([read(`odoo/${inside}`), read(`odoo.damaged-r1/${inside}`), read("odoo/other")]).toEqual([
        "sound",
        "damaged",
        "untouched",
      ]);
    }
  });

  it("makes the folders that were deleted with it", () => {
    write("odoo/other", "untouched");
    write("odoo.new-r1/a b/c/file", "sound");
    write("odoo.new-r1/.smarteros-restored.json", "{}");
    expect(run(switchPathScript(subject, "a b/c/file")).stderr).toBe("");
    expect(read("odoo/a b/c/file")).toBe("sound");
  });
});

it("sets Vault's folder aside for an empty one like it, killed before each change and run again", () => {
  const vault = { folder: "vault", id: "r1" };
  const script = `docker() { :; }\n${setAsideScript(vault)}`;
  for (let killAt = 1; ; killAt++) {
    rmSync(root, { recursive: true });
    write("vault/raft", "compromised");
    chmodSync(join(root, "vault"), 0o750);
    const { ended } = run(script, killAt);
    expect([killAt, run(script).stderr]).toEqual([killAt, ""]);
    expect(readdirSync(root).sort()).toEqual(["vault", "vault.damaged-r1"]);
    expect([readdirSync(join(root, "vault")), read("vault.damaged-r1/raft")]).toEqual([[], "compromised"]);
    expect(statSync(join(root, "vault")).mode & 0o777).toBe(0o750);
    if (ended) break;
  }
  write("vault/raft", "restored");
  expect(run(script).stderr).toBe("");
  expect(read("vault/raft")).toBe("restored");
});

it("makes the folder to restore into like the one it is to replace", () => {
  write("odoo/file", "");
  chmodSync(join(root, "odoo"), 0o750);
  for (const _ of [1, 2]) expect(run(freshFolderScript(subject)).stderr).toBe("");
  expect(statSync(join(root, "odoo.new-r1")).mode & 0o777).toBe(0o750);
  run(dropFreshScript(subject));
  expect(readdirSync(root)).toEqual(["odoo"]);
});

describe("the host's journal", () => {
  const entry: RecoverJournal = {
    id: "r1",
    folder: "postgres",
    path: null,
    by: "o'hara@laptop",
    startedAt: since,
    at: null,
    manifestKey: "g1/manifests/x.json",
    target: null,
    checks: null,
    switchedAt: null,
    finishedAt: null,
    outcome: null,
  };
  it("is written whole or not at all, and read back", () => {
    const later = { ...entry, switchedAt: since };
    run(writeJournalScript(entry));
    for (let killAt = 1; ; killAt++) {
      const { ended } = run(writeJournalScript(later), killAt);
      const [found] = parseJournals(run(readJournalsScript).stdout);
      expect([entry, later]).toContainEqual(found);
      if (ended) break;
    }
  });
  it("is empty on a host that was never recovered", () =>
    expect(parseJournals(run(readJournalsScript).stdout)).toEqual([]));
});

it("releases what recoveries kept, and nothing else", () => {
  write("odoo.damaged-r1/file", "12345");
  write("odoo/file", "");
  const [line] = run(keptScript).stdout.trim().split("\n");
  expect(line).toMatch(/^\d+\t.*\/odoo\.damaged-r1$/);
  expect(() => releaseScript(["/srv/smarteros/odoo"])).toThrow("not a folder that a recovery kept");
  run(releaseScript(["/srv/smarteros/odoo.damaged-r1"]));
  expect(readdirSync(root)).toEqual(["odoo"]);
});
