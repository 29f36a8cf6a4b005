import { describe, expect, test } from "vitest";
import { DiskForecast } from "../../images/agent/src/status/disk-forecast";
import { problems, wellBeing } from "../../images/agent/src/status/health";
import { metricsText } from "../../images/agent/src/status/metrics";
import { serveStatus } from "../../images/agent/src/status/serve";
import type { Status } from "../../images/agent/src/status/status";
import { body } from "../stacks/manifests";

const now = new Date("2026-11-24T03:51:44.120Z"); // a minute after the set's restore point
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);
const gateway = { module: "gateway", rpoSeconds: 60, database: true, fileSets: [] };
const odoo = { module: "odoo", rpoSeconds: 300, database: true, fileSets: ["odoo"] };
const vault = { module: "vault", rpoSeconds: 0, database: false, fileSets: ["vault"] };
const archive = {
  queueSegments: 2,
  queueAgeSeconds: 12.5,
  queueBytes: 2 ** 25,
  failures: 3,
  diskFreeBytes: 5e9,
  diskFullSeconds: Infinity,
};
const status = (change: Partial<Status> = {}): Status => ({
  now,
  config: { cycleSeconds: 30, targets: [gateway, odoo, vault], walQueueLimitSeconds: 120 },
  phase: { state: "cycling", lastFinishedAt: ago(30) },
  newest: body(),
  archive,
  ...change,
});

describe("health", () => {
  test("is good while all is recent", () => {
    expect(problems(status())).toEqual([]);
    expect(wellBeing(status())).toBe("the last cycle finished 30 s ago");
  });

  test("holds for three cycles", () => {
    expect(problems(status({ phase: { state: "cycling", lastFinishedAt: ago(90) } }))).toEqual([]);
    expect(problems(status({ phase: { state: "cycling", lastFinishedAt: ago(91) } }))).toEqual([
      "the last cycle finished 91 s ago; allowed: 90 s (three cycles)",
    ]);
  });

  test("is given to an initialisation for an hour, whatever waits meanwhile", () => {
    const waiting = { archive: { ...archive, queueAgeSeconds: 1e5, diskFullSeconds: 1 }, newest: undefined };
    expect(problems(status({ ...waiting, phase: { state: "initialising", since: ago(3600) } }))).toEqual([]);
    expect(problems(status({ ...waiting, phase: { state: "initialising", since: ago(3601) } }))).toEqual([
      "no cycle has finished in the 3601 s since the start; allowed: 3600 s",
    ]);
  });

  test("names each module that is older than twice its RPO, and one that cannot be restored at all", () => {
    const old = new Date(Date.parse(body().consistentAt) + 121_000);
    const phase = { state: "cycling" as const, lastFinishedAt: old };
    const { odoo: _, ...files } = body().files;
    expect(problems(status({ now: old, phase, newest: body({ files }) }))).toEqual([
      "gateway: the newest restorable point is 121 s old; allowed: 120 s",
      "odoo: the newest backup set lacks a part of it",
      "vault: the newest restorable point is 120 s old; allowed: 90 s",
    ]);
  });

  test("names WAL that waits too long and a disk that fills within the hour", () => {
    const found = problems(status({ archive: { ...archive, queueAgeSeconds: 121, diskFullSeconds: 3599 } }));
    expect(found[0]).toMatch(/^WAL has waited 121 s for the store \(2 segments\); allowed: 120 s; fix: /);
    expect(found[1]).toMatch(/^PostgreSQL's disk will be full of WAL in 60 min, .*; fix: /);
  });
});

describe("metrics", () => {
  test("are Prometheus text", async () => expect(await metricsText(status())).toMatchSnapshot());

  test("tell what changed in each set, and how much was written", async () => {
    const change = {
      since: body().consistentAt,
      ...{ before: 300, changed: 14, renamed: 200, added: 5, gone: 200, replaced: 214, sampled: 200, encrypted: 186 },
    };
    const volumes = { wal: { bytes: 3_000_000 }, added: { bytes: 2_000, usual: 10 } };
    const newest = body({ files: { ...body().files, odoo: { ...body().files["odoo"]!, change } }, volumes });
    const lines = (await metricsText(status({ newest })))
      .split("\n")
      .filter((line) => /^[^#].*(_files|_bytes)\b/.test(line));
    expect(lines.filter((line) => !line.includes("disk"))).toEqual([
      'smarteros_backup_replaced_files{set="odoo"} 214',
      'smarteros_backup_encrypted_files{set="odoo"} 186',
      'smarteros_backup_sampled_files{set="odoo"} 200',
      "smarteros_backup_added_bytes 2000",
      "smarteros_wal_cycle_bytes 3000000",
    ]);
  });

  test("of what is not known are absent, not 0", async () => {
    const text = await metricsText(
      status({ newest: undefined, archive: undefined, phase: { state: "initialising", since: now } }),
    );
    expect(text.match(/^smarteros_[a-z_]+/gm)).toEqual(Array(3).fill("smarteros_backup_rpo_target_seconds"));
  });
});

describe("the forecast of a full disk", () => {
  const MB = 1e6;
  const forecast = (...queue: [seconds: number, megabytes: number][]) => {
    const disk = new DiskForecast();
    return queue.map(([s, mb]) => disk.add(s * 1000, { queueBytes: mb * MB, diskFreeBytes: 3600 * MB })).at(-1);
  };
  test("is by the growth of what waits", () => expect(forecast([0, 100], [120, 220])).toBe(3600));
  test("is never while the store keeps up", () => expect(forecast([0, 100], [120, 100])).toBe(Infinity));
  test("says nothing of a moment", () => expect(forecast([0, 0], [119, 1000])).toBe(Infinity));
  test("forgets what was ten minutes ago", () => expect(forecast([0, 0], [600, 1000], [1201, 1000])).toBe(Infinity));
});

describe("what is served", () => {
  test("is health, with 503 and each problem in a line when it is bad, and metrics", async () => {
    let current = status();
    const host = "127.10.9.61";
    const server = await serveStatus({ host, port: 9108 }, () => current);
    const get = async (path: string) => {
      const response = await fetch(`http://${host}:9108${path}`);
      return [response.status, await response.text()] as const;
    };
    try {
      expect(await get("/health")).toEqual([200, "the last cycle finished 30 s ago\n"]);
      expect((await get("/metrics"))[1]).toContain('restorable_age_seconds{module="gateway"} 60\n');
      current = status({ phase: { state: "cycling", lastFinishedAt: ago(100) }, archive: undefined });
      expect(await get("/health")).toEqual([503, "the last cycle finished 100 s ago; allowed: 90 s (three cycles)\n"]);
      expect((await get("/other"))[0]).toBe(404);
    } finally {
      server.close();
    }
  });
});
