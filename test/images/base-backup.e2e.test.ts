import { afterAll, beforeAll, expect, test } from "vitest";
import { generationLayout, manifestKey } from "../../contracts/generation";
import { type Manifest, manifest } from "../../contracts/manifest";
import { waitUntil } from "../../local-cloud/wait";
import { Cleanup, Host, prepareGround, type StoreGround } from "./site";

/** A base backup that is cut off, with the very rights that the stacks give the writer (docs/decisions/s3-rights.md). */

const cleanup = new Cleanup();
let ground: StoreGround;
let host: Host;
const { manifests, pgbackrestPath } = generationLayout(1);

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  host = new Host(ground, "primary", "127.10.9.31", cleanup);
  await host.startPostgres({ generation: 1 });
  await host.query("odoo", "create table orders (id int, note text)");
  await host.writeAgentConfig(1, []);
  await host.agent("cycle");
}, 120_000);

afterAll(() => cleanup.run(), 60_000);

/** Enough that a backup takes its time: text that does not compress well, all of it changed since the last backup. */
async function writeMuch(): Promise<void> {
  await host.query("odoo", "truncate orders");
  const text = "(select string_agg(md5(random()::text || n || i), '') from generate_series(1, 40) i)";
  await host.query("odoo", `insert into orders select n, ${text} from generate_series(1, 60000) n`);
  await host.query("odoo", "checkpoint");
}

async function newest(): Promise<Manifest> {
  const key = (await ground.keys(manifests)).at(-1);
  return manifest.parse(JSON.parse(await ground.text(key!)));
}

/** Files of backups that are not listed in backup.info are of one that has not ended. */
async function filesOf(known: readonly string[]): Promise<string[]> {
  const keys = await ground.keys(`${pgbackrestPath.slice(1)}/backup/main/2`);
  return keys.filter((key) => !known.some((before) => key === before) && !key.includes("backup.manifest"));
}

test.each([
  ["an incremental one", { incrementalEverySeconds: 0.1 }],
  ["a full one", { fullEverySeconds: 0.1 }],
])(
  "after %s was killed the next is full and passes, and cycles go on",
  async (_, due) => {
    await writeMuch();
    const before = await newest();
    const known = await ground.keys(`${pgbackrestPath.slice(1)}/backup/main/2`);
    await host.writeAgentConfig(1, [], due);
    const cut = host.agent("run", undefined, { reject: false, detached: true });
    await waitUntil(async () => (await filesOf(known)).length > 0, {
      what: "the base backup to have sent a file",
      seconds: 60,
      everyMilliseconds: 5,
      unless: async () => (cut.exitCode === null ? undefined : `the agent ended: ${(await cut).stderr}`),
    });
    process.kill(-cut.pid!, "SIGKILL");
    const events = (await cut).stdout.split("\n");
    expect(events.filter((line) => line.includes("base-backup-started"))).toHaveLength(1);
    expect(events.filter((line) => line.includes("base-backup-finished"))).toHaveLength(0);

    const killedAt = manifestKey(1, new Date().toISOString());
    await host.writeAgentConfig(1, [], { incrementalEverySeconds: 0.1 });
    const again = host.agent("run", undefined, { reject: false });
    cleanup.add(async () => void again.kill());
    // Cycles go on beside the full backup, then build on it, and then on the next incremental one.
    for (const type of [/F$/, /_\d{8}-\d{6}I$/]) {
      await waitUntil(
        async () => {
          const { body } = await newest();
          return body.postgres.backupLabel > before.body.postgres.backupLabel && type.test(body.postgres.backupLabel);
        },
        { what: `a cycle that builds on a new base backup like ${type}`, seconds: 60, everyMilliseconds: 200 },
      );
    }
    again.kill("SIGTERM");
    const { exitCode, stdout } = await again;
    expect(stdout.split("\n").filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect(stdout).toContain("base-backup-was-cut-off");
    expect(exitCode).toBe(0);
    expect((await ground.keys(manifests)).filter((key) => key > killedAt).length).toBeGreaterThan(1);
  },
  180_000,
);
