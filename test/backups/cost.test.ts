import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { estimate, type CostInput, type CostPlan, type Estimate } from "../../backups/cost/estimate";
import { measured } from "../../backups/cost/measured";
import { prices } from "../../backups/cost/prices";
import { choose } from "../../backups/expire/keep";
import { standingCopies, standingSets } from "../../backups/cost/standing";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { repoRoot } from "../../toolchain/paths";

const GB = 1e9;
/** A database of which nothing changes. */
const still: CostInput = {
  ...{ databaseBytes: 10 * GB, walBytesPerDay: 0, fileBytes: 0, newFileBytesPerDay: 0, changedCycles: 0 },
  ...{ compression: 0.5, touched: 0, region: "eu-central-1", replicaRegion: "us-east-1" },
};
const daily: CostPlan = {
  ...{ backupCycle: "1 hour", retention: "30 days", thinning: [] },
  services: plan.services.map((s) =>
    s.name === "postgres"
      ? { ...s, backup: [{ kind: "cluster", baseCopyAtMost: "1 day", fullCopyEvery: "1 day" }] }
      : s,
  ),
};
const dollarsOf = ({ monthly }: Estimate, what: string) => monthly.find((l) => l.what.startsWith(what))!.dollars;

describe("the estimate", () => {
  it("keeps a copy a day for the retention and, hidden, for that of the lock; and one that is older", () => {
    const { stored, monthly } = estimate(still, daily);
    expect(stored.afterDays).toBe(60);
    expect(stored.parts[0]).toEqual({ what: "full base copies", gigabytes: 61 * 5 });
    expect(monthly[0]!.dollars).toBeCloseTo(61 * 5 * 0.0245, 1);
  });
  it("grows by what the site keeps; without expiry, and in the replica, by everything", () => {
    const { growth } = estimate({ ...still, newFileBytesPerDay: GB }, daily);
    expect(growth.bucket).toEqual({ gigabytes: 30, dollars: 30 * 0.0245 });
    expect(growth.bucketUnexpired.gigabytes).toBeCloseTo(30 * 6, 1);
    expect(growth.replica.gigabytes).toBeGreaterThan(30 * 6);
    expect(growth.replica.dollars).toBeCloseTo(growth.replica.gigabytes * 0.0125);
  });
  it("asks, when it expires, for each set and each snapshot that is there, and by pages for their names", () => {
    const night = (more: Partial<CostInput>, backupCycle: "1 hour" | "30 seconds" = "1 hour") =>
      estimate({ ...still, ...more }, { ...daily, backupCycle }).expiry;
    const day = 24 * measured.expiredSet.gets + measured.expiryRun.gets;
    expect(night({}).gets).toBeCloseTo(31 * 24 + day);
    expect(night({ changedCycles: 0.5 }).gets).toBeCloseTo(31 * 24 * 1.5 + day);
    expect(night({}).puts).toBeCloseTo(measured.expiryRun.puts + 24 * measured.expiredSet.puts);
    expect(night({}, "30 seconds").puts).toBeCloseTo(
      measured.expiryRun.puts + 2_880 * measured.expiredSet.puts + Math.ceil((31 * 2_880) / 1_000) - 1,
    );
  });
  it("counts requests by cycles and copies as they were measured", () => {
    const { perDay } = estimate({ ...still, databaseBytes: 0 }, daily);
    expect(perDay.puts).toBe(24 * measured.cycle.puts + measured.fullCopy.puts);
    expect(perDay.objects).toBe(24 * measured.cycle.objects + measured.fullCopy.objects);
  });
  it("bills small objects in the replica as the least that Standard-IA bills", () => {
    const result = estimate({ ...still, databaseBytes: 0 }, daily);
    const objects = 24 * 30 * measured.cycle.objects;
    const least = (2 * objects * 128 * 1024 * 0.0125) / GB; // of sixty days: nothing expires there
    expect(dollarsOf(result, "replica: storage")).toBeCloseTo(least, 6);
  });
  it("adds a page to both of restic's lists for each thousand snapshots", () => {
    const listed = (backupCycle: "1 hour" | "30 minutes") =>
      dollarsOf(estimate({ ...still, changedCycles: 1 }, { ...daily, backupCycle }), "requests: restic's lists");
    expect(listed("1 hour")).toBe(0); // 720 snapshots
    expect(listed("30 minutes")).toBeCloseTo((48 * 30 * 0.0054) / 1_000, 6); // 1440 snapshots: two pages; indexes are of a day
  });
  it("needs fewer pages when sets are thinned", () => {
    const thinned = {
      ...daily,
      backupCycle: "30 minutes",
      thinning: [{ olderThan: "2 days", every: "1 day" }],
    } as const;
    expect(dollarsOf(estimate({ ...still, changedCycles: 1 }, thinned), "requests: restic's lists")).toBe(0);
  });
  it("restores each file once, the WAL since the last copy and all files", () => {
    const { restore } = estimate({ ...still, walBytesPerDay: 2 * GB, fileBytes: 3 * GB }, daily);
    expect(restore.gigabytes).toBeCloseTo(5 + 1 + 3);
    expect(restore.dollars).toBeCloseTo(9 * 0.09, 2);
  });
  it("has prices that are sane: the rarely read is cheaper to keep and dearer to write", () => {
    for (const p of Object.values(prices.regions)) {
      expect(p.infrequent).toBeLessThan(p.standard);
      expect(p.infrequentPuts).toBeGreaterThan(p.puts);
    }
  });
});

describe("what is there at once", () => {
  const day = 86_400;
  it("is what expiry leaves, in the plan's own schedule", () => {
    const [cycle, now] = [30, 100 * day * 1_000];
    const sets = Array.from({ length: (40 * day) / cycle }, (_, n) => ({
      key: String(n),
      at: now - n * cycle * 1_000,
    }));
    const thinning = plan.thinning.map(({ olderThan, every }) => ({
      olderThan: seconds(olderThan),
      every: seconds(every),
    }));
    const kept = choose(sets, { retention: seconds(plan.retention), thinning }, now).keep.length;
    const { current, stored } = standingSets(day / cycle, plan);
    expect(Math.abs(current - kept)).toBeLessThan(5); // hours and days that are begun
    expect(stored).toBe(current + (30 * day) / cycle);
  });
  it("is no more than comes, where that is less than thinning leaves", () =>
    expect(standingSets(1, plan)).toEqual({ current: 30, stored: 60 }));
  it("is twice the retention of what is not thinned", () =>
    expect(standingCopies(3, plan)).toEqual({ current: 90, stored: 180 }));
});

async function cost(...args: string[]) {
  const command = ["--import", "tsx", join("backups", "cost.ts"), ...args];
  const { exitCode, all } = await execa("node", command, { cwd: repoRoot(), all: true, reject: false });
  return { exitCode, all };
}

describe("backups:cost", () => {
  it("prints a table whose lines add up", async () => {
    const { exitCode, all } = await cost("--size", "10GB", "--change", "1GB/day", "--json");
    expect(exitCode).toBe(0);
    const { monthly, monthlyDollars } = JSON.parse(all) as Estimate;
    expect(monthly.reduce((sum, l) => sum + l.quantity * l.price, 0)).toBeCloseTo(monthlyDollars, 6);
    expect((await cost()).all).toMatch(/together .* \$\d+\.\d\d/);
  });
  it("refuses what it has no price for", async () => {
    expect(await cost("--region", "mars-1")).toEqual({
      exitCode: 1,
      all: expect.stringMatching(/region: received "mars-1"; allowed: eu-central-1, .*; fix: /),
    });
  });
});
