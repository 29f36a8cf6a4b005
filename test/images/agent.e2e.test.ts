import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RestoreResult, restoreResult, type RestoreSpec } from "../../contracts/agent";
import { checkManifest, folderInSnapshot, type Manifest, manifest } from "../../contracts/manifest";
import { waitUntil } from "../../local-cloud/wait";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "./site";

const cleanup = new Cleanup();
let ground: StoreGround;
let primary: Host;
let first: Manifest;
let second: Manifest;

/** The application's rule: a file first, then the row that names it. */
async function write(n: number): Promise<void> {
  writeFileSync(join(primary.set("odoo"), "filestore", `file-${n}`), `content ${n}`);
  await primary.query("odoo", "insert into attachments values ($1)", [n]);
}

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  primary = new Host(ground, "primary", "127.10.9.1", cleanup);
  await primary.startPostgres({ generation: 1 });
  await primary.query("odoo", "create table attachments (n int primary key)");
  const odoo = primary.set("odoo");
  writeFileSync(join(odoo, "owned"), "by the application");
  chownSync(join(odoo, "owned"), 4242, 4343);
  chmodSync(odoo, 0o750);
  chownSync(odoo, 4242, 4242);
  mkdirSync(join(odoo, "filestore"));
  writeFileSync(join(primary.set("n8n"), "config"), "{}");
  await primary.writeAgentConfig(1, ["odoo", "n8n"]);

  const n8n = primary.set("n8n");
  for (const name of ["gone", "replaced"]) mkdirSync(join(n8n, name));
  writeFileSync(join(n8n, "gone", "file"), "soon");
  const { atime, mtime } = lstatSync(join(n8n, "config"));

  await write(1);
  first = manifest.parse(JSON.parse((await primary.agent("cycle")).stdout));
  // Each kind of change, between the two.
  for (const name of ["gone", "replaced"]) rmSync(join(n8n, name), { recursive: true });
  writeFileSync(join(n8n, "replaced"), "a file now");
  mkdirSync(join(n8n, "new", "deep"), { recursive: true });
  symlinkSync("../config", join(n8n, "new", "link"));
  chmodSync(join(n8n, "new"), 0o2770);
  writeFileSync(join(n8n, "config"), "[]"); // as long, and as old by its time of modification
  utimesSync(join(n8n, "config"), atime, mtime);
  await write(2);
  second = manifest.parse(JSON.parse((await primary.agent("cycle")).stdout));
  await write(3);
  await primary.agent("cycle"); // so that there is something later in the archive, which a restore must not bring
}, 120_000);

afterAll(() => cleanup.run(), 60_000);

async function specOf(m: Manifest, host: Host, restoreId: string): Promise<RestoreSpec> {
  return {
    restoreId,
    sourceGeneration: 1,
    s3: ground.s3,
    stanza: "main",
    secrets: { ...(await ground.keysOf("reader", 1)), ...ciphers },
    postgres: {
      dataDir: host.dataDir,
      target: { kind: "restorePoint", name: m.body.postgres.restorePoint, backupLabel: m.body.postgres.backupLabel },
      majorVersion: m.body.postgres.majorVersion,
    },
    fileSets: Object.entries(m.body.files).map(([name, { snapshot }]) => ({ name, path: host.set(name), snapshot })),
  };
}

/** Everything in a folder, and of what it is; but marks of the agent, and the folder's own time, which they move. */
function listing(folder: string): string[] {
  const paths = ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })];
  return paths
    .filter((path) => !path.startsWith(".smarteros-"))
    .map((path) => {
      const file = join(folder, path);
      const { mode, uid, gid, mtimeMs } = lstatSync(file);
      const content = lstatSync(file).isFile() ? readFileSync(file, "utf8") : "";
      return [path, mode.toString(8), uid, gid, path === "" ? "" : Math.floor(mtimeMs), content].join(" ");
    })
    .sort();
}

const resultsOf = (stdout: string): RestoreResult[] =>
  stdout.split("\n").map((line) => restoreResult.parse(JSON.parse(line)));

describe("a cycle", () => {
  test("leaves a manifest signed with both passwords", () => {
    expect(checkManifest(second, { postgres: "postgres cipher", files: "files cipher" })).toEqual({
      postgres: true,
      files: true,
    });
    expect(second.body.postgres.majorVersion).toBe(15);
    expect(second.body.files["odoo"]).toMatchObject({ files: 3 });
    expect(second.body.files["odoo"]?.snapshot).toMatch(/^[0-9a-f]{64}:\/odoo$/);
    expect(folderInSnapshot(second.body.files["n8n"]!.snapshot).snapshot).toBe(
      folderInSnapshot(second.body.files["odoo"]!.snapshot).snapshot,
    );
    expect(second.body.postgres.backupLabel).toBe(first.body.postgres.backupLabel);
  });
});

describe("the agent", () => {
  test("cycles until it is stopped, is healthy meanwhile, and leaves nothing running", async () => {
    const running = primary.agent("run", undefined, { reject: false });
    await waitUntil(async () => (await (await fetch(`${primary.status}/health`)).text()).startsWith("the last cycle"), {
      what: "a cycle to finish",
      seconds: 20,
    });
    running.kill("SIGTERM");
    const { exitCode, stdout } = await running;
    expect(exitCode).toBe(0);
    const events = stdout.split("\n").map((line) => JSON.parse(line));
    expect(events.filter(({ level }) => level === "error")).toEqual([]);
    expect(events.at(-1)).toMatchObject({ event: "stopped" });
  });

  test("begins a cycle at once when it is asked to", async () => {
    await primary.writeAgentConfig(1, ["odoo", "n8n"], { cycleSeconds: 3600 });
    const running = primary.agent("run", undefined, { reject: false });
    const cycles = async () => (await ground.keys("g1/manifests/")).length;
    const until = (count: number) => waitUntil(async () => (await cycles()) >= count, { what: "a cycle", seconds: 20 });
    const before = await cycles();
    await until(before + 1);
    running.kill("SIGUSR2");
    await until(before + 2);
    running.kill("SIGTERM");
    expect((await running).exitCode).toBe(0);
  });

  test("goes on when restic's cache is lost, which holds what the writer may not read", async () => {
    rmSync(join(primary.dir, "cache"), { recursive: true });
    for (let cycle = 0; cycle < 2; cycle++) {
      const { stdout, stderr } = await primary.agent("cycle");
      expect(manifest.parse(JSON.parse(stdout)).body.files["odoo"]).toMatchObject({ files: 4 });
      expect(stderr).toContain("restic-cache-lost");
    }
  });
});

describe("a restore", () => {
  let recovery: Host;
  let spec: RestoreSpec;
  beforeAll(async () => {
    recovery = new Host(ground, "recovery", "127.10.9.2", cleanup);
    spec = await specOf(second, recovery, "restore-1");
    const results = resultsOf((await recovery.agent("restore", spec)).stdout);
    expect(results.map(({ module, outcome }) => [module, outcome])).toEqual([
      ["postgres", "restored"],
      ["odoo", "restored"],
      ["n8n", "restored"],
    ]);
    await recovery.startPostgres({ generation: 2, source: 1, expectRestored: "restore-1" });
  }, 120_000);

  test("brings rows and files of the restore point, and nothing later", async () => {
    expect(await recovery.query("odoo", "select n from attachments order by n")).toEqual([{ n: 1 }, { n: 2 }]);
    expect(await recovery.query("odoo", "select pg_is_in_recovery() as recovering")).toEqual([{ recovering: false }]);
    expect(readdirSync(join(recovery.set("odoo"), "filestore"))).toEqual(["file-1", "file-2"]);
  });

  test("brings owners and modes, of the folder itself too", () => {
    const owned = lstatSync(join(recovery.set("odoo"), "owned"));
    expect([owned.uid, owned.gid]).toEqual([4242, 4343]);
    const folder = lstatSync(recovery.set("odoo"));
    expect([folder.uid, folder.mode & 0o777]).toEqual([4242, 0o750]);
  });

  test("again is a no-op", async () => {
    await recovery.query("odoo", "insert into attachments values (100)");
    const results = resultsOf((await recovery.agent("restore", spec)).stdout);
    expect(results.map(({ outcome }) => outcome)).toEqual(["already-restored", "already-restored", "already-restored"]);
    expect(await recovery.query("odoo", "select n from attachments where n = 100")).toEqual([{ n: 100 }]);
  });

  test("of another id is refused, naming each target, and touches nothing", async () => {
    const refused = await recovery.agent("restore", { ...spec, restoreId: "restore-2" }, { reject: false });
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain(
      `postgres: ${recovery.dataDir} must be empty; found: the data of another restore, restore-1`,
    );
    expect(refused.stderr).toContain(`odoo: ${recovery.set("odoo")} must be empty`);
    expect(await recovery.query("odoo", "select count(*)::int as n from attachments")).toEqual([{ n: 3 }]);
  });

  test("is followed by backups of the next generation, which restore in turn", async () => {
    await recovery.writeAgentConfig(2, ["odoo", "n8n"]);
    const third = manifest.parse(JSON.parse((await recovery.agent("cycle")).stdout));
    expect(third.body.generation).toBe(2);
    expect(third.body.postgres.walFile).toMatch(/^00000002/);
  }, 60_000);
});

test("what was seeded is brought to a later restore point: the cluster by WAL alone", async () => {
  const host = new Host(ground, "seeded", "127.10.9.9", cleanup);
  const seed = "g6-from-g1-seed";
  const outcomes = async (m: Manifest, restoreId: string) =>
    resultsOf((await host.agent("restore", { ...(await specOf(m, host, restoreId)), seed })).stdout).map(
      ({ outcome }) => outcome,
    );
  const whole = new Host(ground, "restored whole", "127.10.9.9", cleanup);
  const { postgres: _, ...files } = await specOf(second, whole, "r");
  await whole.agent("restore", files);
  const kept = join(host.set("odoo"), "filestore", "file-1");
  const witness = join(host.dataDir, "pgdata", "witness");
  expect(await outcomes(first, seed)).toEqual(["restored", "restored", "restored"]);
  writeFileSync(witness, "not restored anew");
  const inode = lstatSync(kept).ino;
  // No service starts on it meanwhile.
  expect((await (await host.spawnPostgres({ generation: 6, source: 1, expectRestored: seed })).server).exitCode).toBe(
    64,
  );
  expect(await outcomes(second, "g6-from-g1-last")).toEqual(["restored", "restored", "restored"]);
  await host.startPostgres({ generation: 6, source: 1, expectRestored: "g6-from-g1-last" });
  expect(await host.query("odoo", "select n from attachments order by n")).toEqual([{ n: 1 }, { n: 2 }]);
  expect(readFileSync(witness, "utf8")).toBe("not restored anew");
  expect(readdirSync(join(host.set("odoo"), "filestore"))).toEqual(["file-1", "file-2"]);
  expect(lstatSync(kept).ino).toBe(inode);
  for (const set of ["odoo", "n8n"]) expect(listing(host.set(set))).toEqual(listing(whole.set(set)));
  expect(await outcomes(first, seed)).toEqual(["already-restored", "already-restored", "already-restored"]);
}, 60_000);

test("data without a marker is refused, and stays", async () => {
  const host = new Host(ground, "occupied", "127.10.9.3", cleanup);
  writeFileSync(join(host.set("odoo"), "precious"), "data");
  const refused = await host.agent("restore", await specOf(second, host, "restore-3"), { reject: false });
  expect(refused.exitCode).toBe(3);
  expect(refused.stderr).toContain(
    `odoo: ${host.set("odoo")} must be empty; found: 1 entries without a restore's marker: precious`,
  );
  expect(readFileSync(join(host.set("odoo"), "precious"), "utf8")).toBe("data");
  expect(readdirSync(host.dataDir)).toEqual([]);
});

test("what a cut-off run of the same restore left is wiped and restored again", async () => {
  const host = new Host(ground, "cut-off", "127.10.9.4", cleanup);
  const { postgres: _, ...spec } = await specOf(first, host, "restore-4");
  writeFileSync(join(host.set("odoo"), ".smarteros-restoring.json"), JSON.stringify({ restoreId: "restore-4" }));
  writeFileSync(join(host.set("odoo"), "half"), "writ");
  const results = resultsOf((await host.agent("restore", spec)).stdout);
  expect(results.map(({ module, outcome }) => [module, outcome])).toEqual([
    ["odoo", "restored"],
    ["n8n", "restored"],
  ]);
  expect(readdirSync(host.set("odoo")).sort()).toEqual([
    ".smarteros-restore.lock",
    ".smarteros-restored.json",
    "filestore",
    "owned",
  ]);
});

test("two runs of the same restore at once: one restores, the other finds it done", async () => {
  const host = new Host(ground, "twice", "127.10.9.5", cleanup);
  const { postgres: _, ...spec } = await specOf(first, host, "restore-5");
  host.set("odoo");
  const runs = await Promise.all([host.agent("restore", spec), host.agent("restore", spec)]);
  const outcomes = runs.map(({ stdout }) => resultsOf(stdout)[0]?.outcome);
  expect(outcomes.sort()).toEqual(["already-restored", "restored"]);
});

test("a restore by time stops between two cycles", async () => {
  const host = new Host(ground, "by-time", "127.10.9.6", cleanup);
  const spec = await specOf(second, host, "restore-6");
  const byTime: RestoreSpec = {
    ...spec,
    fileSets: [],
    postgres: { ...spec.postgres!, target: { kind: "time", time: second.body.consistentAt } },
  };
  await host.agent("restore", byTime);
  await host.startPostgres({ generation: 3, source: 1, expectRestored: "restore-6" });
  expect(await host.query("odoo", "select n from attachments order by n")).toEqual([{ n: 1 }, { n: 2 }]);
}, 60_000);

test("PostgreSQL stops cleanly on SIGTERM, and makes missing roles at the next start", async () => {
  const host = new Host(ground, "restarted", "127.10.9.8", cleanup);
  const { server } = await host.startPostgres({ generation: 4 });
  server.kill("SIGTERM");
  const { exitCode, all } = await server;
  expect(exitCode).toBe(0);
  expect(all).toContain("database system is shut down");
  await host.startPostgres({ generation: 4, roles: { gateway: "changed", n8n: 'n8n\'s "password"' } });
  const roles = await host.query<{ rolname: string }>(
    "postgres",
    "select rolname from pg_roles where rolcanlogin order by 1",
  );
  expect(roles.map(({ rolname }) => rolname)).toEqual(["gateway", "n8n", "odoo", "postgres"]);
}, 60_000);

test("PostgreSQL does not start without the restore that it expects", async () => {
  const host = new Host(ground, "expecting", "127.10.9.7", cleanup);
  const { server: running } = await host.spawnPostgres({ generation: 2, expectRestored: "restore-7" });
  const server = await running;
  expect(server.exitCode).toBe(64);
  expect(server.all).toContain("restore restore-7 is expected, but");
  expect(readdirSync(host.dataDir)).toEqual([]);
});
