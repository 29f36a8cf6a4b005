import { describe, expect, it } from "vitest";
import { renderScenarios } from "../../drill/report";
import { drillResult, scenarioNames } from "../../drill/result";
import { scenarios } from "../../drill/scenarios";
import { repoRoot } from "../../toolchain/paths";
import { run } from "../../toolchain/run";
import { recovered } from "./report/sample";

describe("the drill's scenarios", () => {
  it("are each under its own name", () => {
    expect(Object.keys(scenarios).sort()).toEqual([...scenarioNames].sort());
    for (const [name, scenario] of Object.entries(scenarios)) expect(scenario.name).toBe(name);
  });

  it("refuse an unknown name before anything starts", async () => {
    const { exitCode, stderr, stdout } = await run(
      process.execPath,
      ["--import", "tsx", "drill/main.ts", "--scenario", "flood"],
      {
        cwd: repoRoot(),
        reject: false,
      },
    );
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^error: option '--scenario <name>' argument 'flood' is invalid\. Allowed choices are vps-down, .*, all\.$/,
    );
  });

  it("on a living host need not move DNS; the loss of the host must", () => {
    const dns = { ...recovered.dns, flippedAt: null };
    expect(drillResult.safeParse({ ...recovered, dns, scenario: "postgres-corrupt" }).success).toBe(true);
    expect(drillResult.safeParse({ ...recovered, dns }).error?.issues[0]?.message).toContain("dns.flippedAt is null");
  });

  it("are shown in one table, the worst module of each", () => {
    const lost = recovered.modules.map((m) => (m.name === "odoo" ? { ...m, rtoSeconds: null } : m));
    const table = renderScenarios([
      recovered,
      { ...recovered, scenario: "file-loss", verdict: "failed", modules: lost },
    ]);
    expect(table).toMatch(/vps-down .*recovered.* ✓ 1 min 28 s \(dokploy\)/i);
    expect(table).toMatch(/file-loss .*failed.* ✗ not measured \(odoo\)/i);
  });
});
