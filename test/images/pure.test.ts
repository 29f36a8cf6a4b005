import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pgbackrestConf, type PgbackrestConfArgs } from "../../contracts/pgbackrest";
import { FileSets } from "../../images/agent/src/file-sets";
import { fingerprint } from "../../images/agent/src/fingerprint";
import { type BaseBackup, dueBackup } from "../../images/agent/src/pgbackrest";
import { isAncestor, lsnBytes, parseHistory } from "../../images/agent/src/lineage";
import { targetOptions, withTarget } from "../../images/agent/src/restore/postgres-target";
import { beginRestore, finishRestore, inspectTarget } from "../../images/agent/src/restore/target";
import { parseJson } from "../../images/agent/src/settings";
import { restoreSpec } from "../../contracts/agent";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "smarteros-pure-"))));
afterEach(() => rmSync(dir, { recursive: true }));

describe("pgbackrest.conf", () => {
  const args: PgbackrestConfArgs = {
    s3: {
      host: "s3.eu-central-1.amazonaws.com",
      port: 443,
      region: "eu-central-1",
      bucket: "backups",
      uriStyle: "host",
    },
    generation: 2,
    credentials: { s3AccessKey: "AKIA", s3SecretKey: "secret" },
    cipher: "cipher",
    use: "write",
  };

  test("of the generation that is written", () => expect(pgbackrestConf(args)).toMatchSnapshot());

  test("of the source of a restore, at a store with a CA of its own", () => {
    const s3 = { ...args.s3, host: "s3.local", uriStyle: "path" as const, caPem: "-----BEGIN CERTIFICATE-----" };
    expect(pgbackrestConf({ ...args, s3, generation: 1, use: "source", processMax: 8 })).toMatchSnapshot();
  });

  test.each(["two\nlines", " blank", "", "cr\r"])(
    "refuses a cipher that is no line, without showing it: %j",
    (cipher) => {
      expect(() => pgbackrestConf({ ...args, cipher })).toThrow(
        /^pgbackrest repo1-cipher-pass: the value is empty, begins or ends with a blank/,
      );
    },
  );
});

describe("which base backup is due", () => {
  const every = { fullEverySeconds: 1000, incrementalEverySeconds: 100 };
  const backup = (type: BaseBackup["type"], stoppedAt: number): BaseBackup => ({
    label: `${type}-${stoppedAt}`,
    type,
    stoppedAt,
    walStart: "000000010000000000000001",
    walStop: "000000010000000000000002",
    lsnStop: "0/2000100",
  });
  test.each([
    ["the first is full", [], 0, "full"],
    ["none while the newest is young", [backup("full", 0)], 99, undefined],
    ["incremental when the newest is old", [backup("full", 0), backup("incr", 100)], 200, "incr"],
    [
      "full when the last full is old, however young the newest",
      [backup("full", 0), backup("incr", 990)],
      1000,
      "full",
    ],
  ])("%s", (_, backups, now, expected) => expect(dueBackup(backups, now, every, false)).toBe(expected));

  test("full after one that was cut off, but not before it is due", () => {
    expect(dueBackup([backup("full", 0)], 100, every, true)).toBe("full");
    expect(dueBackup([backup("full", 0)], 99, every, true)).toBeUndefined();
  });
});

describe("a base backup is an ancestor of the cluster", () => {
  const third = parseHistory(3, '1\t0/5000000\tno recovery target specified\n\n2\t0/A000000\tat restore point "x"\n');
  test.each([
    ["on the cluster's own timeline", 3, "0/F000000", true],
    ["before its history left the backup's", 2, "0/A000000", true],
    ["not after that", 2, "0/A000001", false],
    ["before an earlier parting", 1, "0/4FFFFFF", true],
    ["not after an earlier parting", 1, "0/6000000", false],
  ])("%s", (_, timeline, lsnStop, expected) => {
    const walStop = `${String(timeline).padStart(8, "0")}0000000000000002`;
    expect(isAncestor(third, { walStop, lsnStop })).toBe(expected);
  });
  test("positions are compared as numbers", () => expect(lsnBytes("1/0") > lsnBytes("0/FFFFFFFF")).toBe(true));
});

describe("the options of a restore", () => {
  const fetchBy = { sourceConf: "/etc/pgbackrest/source.conf", stanza: "main" };
  const fetched = `pgbackrest --config=/etc/pgbackrest/source.conf --stanza=main archive-get %f "%p"`;
  test("by name take the manifest's base backup", () => {
    expect(
      targetOptions({ kind: "restorePoint", name: "smarteros-1", backupLabel: "20261124-051217F" }, "promote", fetchBy),
    ).toEqual([
      "--set=20261124-051217F",
      "--type=name",
      "--target=smarteros-1",
      "--target-action=promote",
      `--recovery-option=restore_command=${fetched}`,
    ]);
  });
  test("by time on one of several histories take the manifest's too", () => {
    const lineage = { backupLabel: "20261124-051217F", timeline: 2 };
    expect(
      targetOptions({ kind: "time", time: "2026-11-24T03:50:44.120Z", ...lineage }, "promote", fetchBy).slice(0, 2),
    ).toEqual(["--set=20261124-051217F", "--target-timeline=2"]);
  });
  test("by time let pgBackRest choose it", () => {
    expect(targetOptions({ kind: "time", time: "2026-11-24T03:50:44.120Z" }, "promote", fetchBy)).toEqual([
      "--type=time",
      "--target=2026-11-24 03:50:44.120+00",
      "--target-action=promote",
      `--recovery-option=restore_command=${fetched}`,
    ]);
  });
});

describe("the settings of a seeded cluster", () => {
  const written = `# Do not edit this file manually!
work_mem = '8MB'

# Recovery settings generated by pgBackRest restore on 2026-11-24 03:50:44
restore_command = 'pgbackrest --config=/run/seed.conf --stanza=main archive-get %f "%p"'
recovery_target_name = 'smarteros-1'
recovery_target_timeline = '2'
recovery_target_action = 'shutdown'
`;
  const fetchBy = { sourceConf: "/etc/source.conf", stanza: "main" };
  test("name the later target, and nothing of the one before", () => {
    expect(withTarget(written, { kind: "restorePoint", name: "it's", timeline: 3 }, "promote", fetchBy)).toBe(
      `# Do not edit this file manually!
work_mem = '8MB'

# Recovery settings generated by pgBackRest restore on 2026-11-24 03:50:44
restore_command = 'pgbackrest --config=/etc/source.conf --stanza=main archive-get %f "%p"'
recovery_target_name = 'it''s'
recovery_target_timeline = '3'
recovery_target_action = 'promote'
`,
    );
    const later = withTarget(written, { kind: "time", time: "2026-11-24T04:00:00.000Z" }, "shutdown", fetchBy);
    expect(later.match(/^recovery_.*/gm)).toEqual([
      "recovery_target_time = '2026-11-24 04:00:00.000+00'",
      "recovery_target_action = 'shutdown'",
    ]);
  });
});

describe("a target of a restore", () => {
  test("is empty with only what the file system and the agent put there", async () => {
    mkdirSync(join(dir, "lost+found"));
    writeFileSync(join(dir, ".smarteros-restore.lock"), "");
    expect(await inspectTarget(dir, { restoreId: "r1" })).toEqual({ kind: "empty" });
  });
  test("that is not mounted is refused", async () => {
    expect(await inspectTarget(join(dir, "missing"), { restoreId: "r1" })).toMatchObject({
      kind: "refused",
      found: "no such folder",
    });
  });
  test("with data and no marker is refused", async () => {
    writeFileSync(join(dir, "data"), "");
    expect(await inspectTarget(dir, { restoreId: "r1" })).toMatchObject({
      kind: "refused",
      found: "1 entries without a restore's marker: data",
    });
  });
  test("that was cut off is wiped for the same restore, and refused to another", async () => {
    await beginRestore(dir, { restoreId: "r1" });
    writeFileSync(join(dir, "half"), "");
    mkdirSync(join(dir, ".smarteros-staging"));
    expect(await inspectTarget(dir, { restoreId: "r1" })).toEqual({ kind: "half-done" });
    expect(await inspectTarget(dir, { restoreId: "r2" })).toMatchObject({
      kind: "refused",
      found: "a half-done restore of another id, r1",
    });
    await beginRestore(dir, { restoreId: "r1" });
    expect(readdirSync(dir)).toEqual([".smarteros-restoring.json"]);
  });
  test("that is finished is left alone by its own restore, and refused to another", async () => {
    await beginRestore(dir, { restoreId: "r1" });
    writeFileSync(join(dir, "data"), "");
    await finishRestore(dir, { restoreId: "r1" }, {});
    expect(await inspectTarget(dir, { restoreId: "r1" })).toEqual({ kind: "already-restored" });
    expect(await inspectTarget(dir, { restoreId: "r2" })).toMatchObject({
      kind: "refused",
      found: expect.stringContaining("another restore, r1"),
    });
    await expect(beginRestore(dir, { restoreId: "r1" })).rejects.toThrow(
      "cannot begin on a target that is already-restored",
    );
    expect(readdirSync(dir).sort()).toEqual([".smarteros-restored.json", "data"]);
  });
  describe("that was seeded", () => {
    const [seed, id] = ["g3-from-g2-seed", "g3-from-g2-2026-11-24T041000000Z"];
    const [seeding, restore] = [
      { restoreId: seed, seed },
      { restoreId: id, seed },
    ];
    beforeEach(async () => {
      await beginRestore(dir, seeding);
      writeFileSync(join(dir, "older"), "");
    });
    test("is replaced by a restore that names the seeding, whether that had ended or not", async () => {
      expect(await inspectTarget(dir, restore)).toEqual({ kind: "half-done" });
      await finishRestore(dir, seeding, {});
      expect(await inspectTarget(dir, restore)).toEqual({ kind: "seeded" });
      await beginRestore(dir, restore);
      expect(readdirSync(dir)).toEqual([".smarteros-restoring.json"]);
      await finishRestore(dir, restore, {});
      expect(readdirSync(dir)).toEqual([".smarteros-restored.json"]);
    });
    test("is refused to every other", async () => {
      await finishRestore(dir, seeding, {});
      for (const other of [{ restoreId: id }, { restoreId: id, seed: "g5-from-g4-seed" }])
        expect(await inspectTarget(dir, other)).toMatchObject({
          kind: "refused",
          found: `what another seeding, ${seed}, brought`,
        });
    });
    test("is left to the restore that came after it, and refuses to seed over another's data", async () => {
      await beginRestore(dir, restore);
      expect(await inspectTarget(dir, seeding)).toEqual({ kind: "already-restored" });
      await finishRestore(dir, restore, {});
      expect(await inspectTarget(dir, seeding)).toEqual({ kind: "already-restored" });
      expect(await inspectTarget(dir, { restoreId: "g5-from-g4-seed", seed: "g5-from-g4-seed" })).toMatchObject({
        kind: "refused",
      });
    });
  });
  test("with a marker that cannot be read is an error, not a guess", async () => {
    writeFileSync(join(dir, ".smarteros-restoring.json"), "{");
    await expect(inspectTarget(dir, { restoreId: "r1" })).rejects.toThrow("nothing was touched");
  });
});

describe("file sets", () => {
  test("are backed up again only after a change, and the entry says when that was seen", async () => {
    let backups = 0;
    const sets = new FileSets({ backup: async () => ({ snapshot: `snapshot-${++backups}`, addedBytes: 7 }) });
    const at = "2026-11-24T03:50:44.120Z";
    const folders = ["odoo", "n8n"].map((name) => ({ name, path: join(dir, name) }));
    for (const { path } of folders) mkdirSync(path);
    const { entries: first, addedBytes } = await sets.save(folders, at);
    expect(addedBytes).toBe(7);
    const { entries: second, ...nothing } = await sets.save(folders, at);
    expect(nothing).toEqual({ addedBytes: 0 });
    for (const { odoo, n8n } of [first, second]) {
      expect([odoo!.snapshot, n8n!.snapshot]).toEqual(["snapshot-1:/odoo", "snapshot-1:/n8n"]);
    }
    expect(Date.parse(second["odoo"]!.takenAt)).toBeGreaterThanOrEqual(Date.parse(first["odoo"]!.takenAt));
    writeFileSync(join(dir, "odoo", "new"), "four");
    writeFileSync(join(dir, "odoo", ".smarteros-restored.json"), "no data");
    const { entries: third } = await sets.save(folders, at);
    expect(third["odoo"]).toMatchObject({ snapshot: "snapshot-2:/odoo", files: 1, bytes: 4 });
    expect(third["n8n"]).toMatchObject({ snapshot: "snapshot-2:/n8n", files: 0, bytes: 0 });
    expect(await sets.save([], at)).toEqual({ entries: {}, addedBytes: 0 });
  });

  test("have a fingerprint that shows a write in place", async () => {
    mkdirSync(join(dir, "deep"));
    writeFileSync(join(dir, "deep", "file"), "one");
    const before = await fingerprint(dir);
    expect(await fingerprint(dir)).toEqual(before);
    writeFileSync(join(dir, "deep", "file"), "two");
    expect((await fingerprint(dir)).hash).not.toBe(before.hash);
  });
});

describe("a spec on stdin", () => {
  test("names every property that is wrong, and shows no value", () => {
    const text = JSON.stringify({ restoreId: "r", secrets: { s3SecretKey: 5, postgresCipher: "hunter2" } });
    expect(() => parseJson(text, "the spec", restoreSpec)).toThrow(/sourceGeneration[\s\S]*secrets\.s3SecretKey/);
    expect(() => parseJson(text, "the spec", restoreSpec)).not.toThrow(/hunter2/);
  });
  test("that is not JSON is not shown", () => {
    expect(() => parseJson('{"secret": hunter2', "the spec", restoreSpec)).toThrow(
      "the spec is not JSON (18 characters",
    );
  });
});
