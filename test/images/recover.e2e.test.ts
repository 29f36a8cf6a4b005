/** A cluster that is restored beside a damaged one, takes its place, and goes on being backed up: twice, and then at another site. */
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { ResultPromise } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gateResult, type GateResult } from "../../contracts/gate";
import { type Manifest, manifest } from "../../contracts/manifest";
import type { RecoverSpec } from "../../contracts/recover";
import type { RestoreSpec } from "../../contracts/agent";
import { timelineOf } from "../../contracts/pgbackrest";
import { ciphers, Cleanup, type Ground, Host, prepareGround } from "./site";

const cleanup = new Cleanup();
const tenant = { rut: "76192083-9", name: "Rompecabezas del Sur SpA" };
let ground: Ground;
let host: Host;
let server: ResultPromise;
let odoo: string;

const cycle = async (): Promise<Manifest> => manifest.parse(JSON.parse((await host.agent("cycle")).stdout));
const filestore = () => join(odoo, "filestore", "odoo");
const pathOf = (n: number) => `a${n}/${"0".repeat(38)}${n}`;

/** The application's rule: a file first, then the row that names it. */
async function write(n: number): Promise<void> {
  const file = join(filestore(), pathOf(n));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `content ${n}`);
  await host.query("odoo", "insert into ir_attachment values ($1, $2, $3, $4)", [
    n,
    pathOf(n),
    `content ${n}`.length,
    tenant.rut,
  ]);
}
const rows = async () =>
  (await host.query<{ id: number }>("odoo", "select id from ir_attachment order by id")).map(({ id }) => id);

async function start(): Promise<void> {
  ({ server } = await host.startPostgres({ generation: 1 }));
}

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  host = new Host(ground, "living", "127.10.9.21", cleanup);
  odoo = host.set("odoo");
  await start();
  await host.query("gateway", "create table tenants (rut text primary key, name text)");
  await host.query("gateway", "insert into tenants values ($1, $2)", [tenant.rut, tenant.name]);
  await host.query(
    "odoo",
    "create table ir_attachment (id int primary key, store_fname text, file_size int, rut text)",
  );
  await host.writeAgentConfig(1, ["odoo"]);
}, 120_000);

afterAll(() => cleanup.run(), 60_000);

async function specOf(set: Manifest, id: string, time?: string): Promise<RecoverSpec> {
  const { postgres, files } = set.body;
  const lineage = { backupLabel: postgres.backupLabel, timeline: timelineOf(postgres.walFile) };
  const dataDir = `${host.dataDir}.new-${id}`;
  mkdirSync(dataDir, { recursive: true });
  const { uid, gid } = statSync(host.dataDir);
  chownSync(dataDir, uid, gid);
  return {
    restore: {
      restoreId: id,
      sourceGeneration: 1,
      s3: ground.s3,
      stanza: "main",
      secrets: { ...(await ground.keysOf("reader", 1)), ...ciphers },
      postgres: {
        dataDir,
        majorVersion: postgres.majorVersion,
        target: time
          ? { kind: "time", time, ...lineage }
          : { kind: "restorePoint", name: postgres.restorePoint, ...lineage },
      },
      fileSets: [],
    },
    databases: ["gateway", "odoo"],
    tenants: [tenant],
    odoo: { database: "odoo", filestore: filestore() },
    files: { path: odoo, snapshot: files["odoo"]!.snapshot },
  };
}

const recover = async (spec: RecoverSpec): Promise<GateResult> =>
  gateResult.parse(JSON.parse((await host.agent("recover", spec, { reject: false })).stdout));

/** As the operator's command does: the damaged folder is kept. */
async function switchTo(id: string): Promise<void> {
  server.kill("SIGTERM");
  await server;
  renameSync(host.dataDir, `${host.dataDir}.damaged-${id}`);
  renameSync(`${host.dataDir}.new-${id}`, host.dataDir);
  await start();
}

test("to the newest set: verified, switched, and the backups go on", async () => {
  await write(1);
  await write(2);
  const set = await cycle();
  await write(3);
  const spec = await specOf(set, "r1");
  const result = await recover(spec);
  expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(result.checks.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "count of tenants",
      "filestore of the rows",
      "integrity (amcheck)",
      `tenant ${tenant.rut} row`,
    ]),
  );
  expect(await rows()).toEqual([1, 2, 3]); // the living server has seen nothing of it
  expect((await recover(spec)).passed).toBe(true); // again: it is there, and holds
  await switchTo("r1");
  expect(await rows()).toEqual([1, 2]);
  await write(4);
  const next = await cycle();
  expect([next.body.postgres.backupLabel, timelineOf(next.body.postgres.walFile)]).toEqual([
    set.body.postgres.backupLabel,
    2,
  ]);
}, 120_000);

test("to a time before the newest base backup: files of then come back, and the next cycle has a base of its own history", async () => {
  const good = await cycle();
  rmSync(join(filestore(), pathOf(1))); // deleted since, as Odoo does when the row goes
  await host.query("odoo", "delete from ir_attachment where id = 1");
  await host.query("odoo", "update ir_attachment set rut = 'x'");
  rmSync(join(host.dir, "cache", "newest-set.json"), { force: true });
  await host.writeAgentConfig(1, ["odoo"], { incrementalEverySeconds: 0.001 });
  const bad = await cycle();
  expect(bad.body.postgres.backupLabel).not.toBe(good.body.postgres.backupLabel);

  const result = await recover(await specOf(good, "r2", good.body.consistentAt));
  expect(result.checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(readFileSync(join(filestore(), pathOf(1)), "utf8")).toBe("content 1");
  expect(existsSync(join(odoo, ".smarteros-missing"))).toBe(false);
  await switchTo("r2");
  expect(await rows()).toEqual([1, 2, 4]);

  await host.writeAgentConfig(1, ["odoo"]);
  await write(5);
  const after = await cycle();
  expect(timelineOf(after.body.postgres.walFile)).toBe(3);
  expect(after.body.postgres.backupLabel).not.toBe(bad.body.postgres.backupLabel);
}, 120_000);

test("another site restores what came after, by name and by time", async () => {
  await write(6);
  const set = await cycle();
  const { restore } = await specOf(set, "unused", set.body.consistentAt);
  for (const [i, target] of [
    restore.postgres.target,
    { kind: "restorePoint" as const, name: set.body.postgres.restorePoint, backupLabel: set.body.postgres.backupLabel },
  ].entries()) {
    const other = new Host(ground, `other-${i}`, `127.10.9.2${i + 2}`, cleanup);
    const spec: RestoreSpec = {
      ...restore,
      restoreId: `g2-${i}`,
      postgres: { ...restore.postgres, dataDir: other.dataDir, target },
    };
    await other.agent("restore", spec);
    await other.startPostgres({ generation: 2 + i, source: 1, expectRestored: `g2-${i}` });
    const found = await other.query<{ id: number }>("odoo", "select id from ir_attachment order by id");
    expect(found.map(({ id }) => id)).toEqual([1, 2, 4, 5, 6]);
  }
}, 120_000);

test("what does not hold is said, and the server is ended", async () => {
  await host.query("gateway", "update tenants set name = 'Nobody'");
  const set = await cycle();
  const spec = await specOf(set, "r3");
  const { passed, checks } = await recover(spec);
  expect(passed).toBe(false);
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    {
      name: `tenant ${tenant.rut} row`,
      ok: false,
      evidence: `tenant ${tenant.rut} is named "Nobody"; expected: "${tenant.name}"`,
    },
  ]);
  expect(readdirSync(spec.restore.postgres.dataDir)).toContain(".smarteros-restored.json");
  expect(existsSync(join(spec.restore.postgres.dataDir, "pgdata", "postmaster.pid"))).toBe(false);
}, 60_000);
