import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { estimate, type CostInput, type CostPlan, type Estimate } from "../../backups/cost/estimate";
import { measured } from "../../backups/cost/measured";
import { prices } from "../../backups/cost/prices";
import { plan } from "../../plan/plan";
import { repoRoot } from "../../toolchain/paths";

const GB = 1e9;
/** A database of which nothing changes. */
const still: CostInput = {
  ...{ databaseBytes: 10 * GB, walBytesPerDay: 0, fileBytes: 0, newFileBytesPerDay: 0, changedCycles: 0 },
  ...{ compression: 0.5, touched: 0, region: "eu-central-1", replicaRegion: "us-east-1" },
};
const daily: CostPlan = {
  ...{ backupCycle: "1 hour", retention: "30 days" },
  services: plan.services.map((s) =>
    s.name === "postgres"
      ? { ...s, backup: [{ kind: "cluster", baseCopyAtMost: "1 day", fullCopyEvery: "1 day" }] }
      : s,
  ),
};
const dollarsOf = ({ monthly }: Estimate, what: string) => monthly.find((l) => l.what.startsWith(what))!.dollars;

describe("the estimate", () => {
  it("keeps a copy a day for the retention, and the one it began with", () => {
    const { stored, monthly, growth } = estimate(still, daily);
    expect(stored.parts[0]).toEqual({ what: "full base copies", gigabytes: 31 * 5 });
    expect(monthly[0]!.dollars).toBeCloseTo(31 * 5 * 0.0245, 1);
    expect(growth.gigabytes).toBeCloseTo(30 * 5, 1);
  });
  it("counts requests by cycles and copies as they were measured", () => {
    const { perDay } = estimate({ ...still, databaseBytes: 0 }, daily);
    expect(perDay.puts).toBe(24 * measured.cycle.puts + measured.fullCopy.puts);
    expect(perDay.objects).toBe(24 * measured.cycle.objects + measured.fullCopy.objects);
  });
  it("bills small objects in the replica as the least that Standard-IA bills", () => {
    const result = estimate({ ...still, databaseBytes: 0 }, daily);
    const objects = 24 * 30 * measured.cycle.objects;
    const least = (objects * 128 * 1024 * 0.0125) / GB;
    expect(dollarsOf(result, "replica: storage")).toBeCloseTo(least, 6);
  });
  it("adds a page to both of restic's lists for each thousand snapshots", () => {
    const listed = (backupCycle: "1 hour" | "30 minutes") =>
      dollarsOf(estimate({ ...still, changedCycles: 1 }, { ...daily, backupCycle }), "requests: restic's lists");
    expect(listed("1 hour")).toBe(0); // 720 snapshots
    expect(listed("30 minutes")).toBeCloseTo((2 * 48 * 30 * 0.0054) / 1_000, 6); // 1440: two pages
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
