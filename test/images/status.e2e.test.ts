import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ResultPromise } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFreshness } from "../../backups/freshness";
import type { ModuleTarget } from "../../contracts/freshness";
import { waitUntil } from "../../local-cloud/wait";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "./site";

/** What a running agent says of itself, and what is seen from outside when it is gone. */

const cleanup = new Cleanup();
const targets: ModuleTarget[] = [
  { module: "gateway", rpoSeconds: 60, database: true, fileSets: [] },
  { module: "odoo", rpoSeconds: 300, database: true, fileSets: ["odoo"] },
];
let ground: StoreGround;
let host: Host;
let agent: ResultPromise;

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  host = new Host(ground, "primary", "127.10.9.62", cleanup);
  await host.startPostgres({ generation: 1 });
  await host.writeAgentConfig(1, ["odoo"], { targets, walQueueLimitSeconds: 3, cycleSeconds: 2 });
  agent = host.agent("run", undefined, { reject: false });
  cleanup.add(async () => {
    agent.kill();
    await agent;
  });
  await waitUntil(async () => (await health()).startsWith("200 the last cycle"), { what: "a cycle", seconds: 60 });
}, 120_000);

afterAll(() => cleanup.run(), 60_000);

async function health(): Promise<string> {
  const response = await fetch(`${host.status}/health`);
  return `${response.status} ${await response.text()}`;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${host.status}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ")[1]);
}

test("exports the age of each module beside its RPO", async () => {
  expect(await metric('smarteros_backup_newest_restorable_age_seconds{module="odoo"}')).toBeLessThan(30);
  expect(await metric('smarteros_backup_rpo_target_seconds{module="odoo"}')).toBe(300);
  expect(Math.abs((await metric("smarteros_backup_last_cycle_timestamp_seconds")) - Date.now() / 1000)).toBeLessThan(
    30,
  );
  expect(await metric("smarteros_postgres_disk_free_bytes")).toBeGreaterThan(2 ** 20);
});

test("WAL that cannot be archived is counted, timed and makes the agent unhealthy, until it can again", async () => {
  const conf = join(host.dir, "pgbackrest.conf");
  const right = readFileSync(conf, "utf8");
  writeFileSync(conf, right.replace("repo1-type=s3", "repo1-type=nowhere"));
  await waitUntil(async () => /^503 [\s\S]*WAL has waited \d+ s for the store/.test(await health()), {
    what: "the queue's age to be a problem",
    seconds: 60,
    everyMilliseconds: 500,
    hint: health,
  });
  expect(await metric("smarteros_wal_archive_queue_segments")).toBeGreaterThan(0);
  expect(await metric("smarteros_wal_archive_queue_age_seconds")).toBeGreaterThan(3);
  expect(await metric("smarteros_wal_archive_failures_total")).toBeGreaterThan(0);

  writeFileSync(conf, right);
  await waitUntil(async () => (await health()).startsWith("200 "), {
    what: "the queue to be empty again",
    seconds: 120, // after three failures PostgreSQL's archiver waits for a minute
    everyMilliseconds: 500,
    hint: health,
  });
  expect(await metric("smarteros_wal_archive_queue_age_seconds")).toBeLessThanOrEqual(3);
}, 200_000);

test("an agent that is killed is seen by the age of what it left in the bucket", async () => {
  const at = (now: Date) =>
    readFreshness({
      s3: ground.owner,
      bucket: ground.s3.bucket,
      generation: 1,
      passwords: { postgres: ciphers.postgresCipher, files: ciphers.filesCipher },
      targets,
      cycleSeconds: 2,
      now,
    });
  expect(await at(new Date())).toMatchObject({ verdict: "fresh", skipped: [] });
  agent.kill("SIGKILL");
  await agent;
  await expect(health()).rejects.toThrow("fetch failed");
  const inAnHour = await at(new Date(Date.now() + 3_600_000));
  expect(inAnHour.verdict).toBe("stale");
  expect(inAnHour.modules.map(({ verdict }) => verdict)).toEqual(["stale", "stale"]);
  expect(inAnHour.modules[0]!.ageSeconds).toBeGreaterThan(3_500);
});
