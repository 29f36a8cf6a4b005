import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policiesMarkdown } from "../../policy/docs";
import type { PolicyRule } from "../../policy/core/model";
import { rules } from "../../policy/rules";
import { bucketCases } from "./cases/buckets";
import { containerCases } from "./cases/containers";
import { dnsCases } from "./cases/dns";
import { hostCases } from "./cases/hosts";
import { identityCases } from "./cases/identities";
import { drillAged, drillRule, planCases } from "./cases/plan";
import { secretCases } from "./cases/secrets";
import { context, findings, resource, type Case } from "./fixtures";

const cases: Record<string, Case> = {
  ...bucketCases,
  ...containerCases,
  ...dnsCases,
  ...hostCases,
  ...identityCases,
  ...planCases,
  ...secretCases,
};
/** Has tests of its own below: it reads a record, not resources. */
const drillName = "plan-drill-recent";
const root = join(__dirname, "..", "..");

describe("the pack", () => {
  it("has a violating and a compliant case, and one with unknown values, for every policy", () => {
    const lacking = rules
      .filter((r) => r.name !== drillName)
      .filter(
        ({ name }) =>
          !cases[name]?.violating.some((v) => v.says.length > 0) ||
          !cases[name]?.compliant.length ||
          !cases[name]?.unknown,
      );
    expect(lacking.map((r) => r.name)).toEqual([]);
    expect(Object.keys(cases).filter((name) => !rules.some((r) => r.name === name))).toEqual([]);
  });

  it("has at least 35 policies, of different names", () => {
    expect(new Set(rules.map((r) => r.name)).size).toBe(rules.length);
    expect(rules.length).toBeGreaterThanOrEqual(35);
  });

  it("is described in docs/policies.md; fix: npx tsx policy/docs.ts", () => {
    expect(readFileSync(join(root, "docs", "policies.md"), "utf8")).toBe(policiesMarkdown());
  });

  it("names in each policy's docstring the ids that its data has, and the reason where it is advisory", () => {
    const files = ["buckets", "identities", "hosts", "containers", "dns", "plan", "secrets"].flatMap((folder) =>
      readdirSync(join(root, "policy", folder)).map((file) => readFileSync(join(root, "policy", folder, file), "utf8")),
    );
    for (const rule of rules) {
      const source = files.find((text) => text.includes(`name: "${rule.name}"`)) ?? "";
      const docstrings = (source.match(/\/\*\*[\s\S]*?\*\/(?=\nexport)/g) ?? [])
        .join("\n")
        .replaceAll(/\s*\n \*\s*/g, " ");
      for (const id of Object.values(rule.maps).flat()) expect(`${rule.name}: ${docstrings}`).toContain(id);
      if (rule.level === "advisory") expect(`${rule.name}: ${docstrings}`).toContain("Advisory until");
    }
  });
});

describe.each(rules.filter((r) => r.name !== drillName).map((rule) => [rule.name, rule] as const))(
  "%s",
  (name, rule: PolicyRule) => {
    const { compliant = [], violating = [], unknown = "" } = cases[name] ?? {};

    it("says nothing of what is as it should be", () => {
      for (const situation of compliant)
        expect(findings(rule, situation.resources, situation.context ?? context())).toEqual([]);
    });

    it("names resource, property, value, limit and fix", () => {
      for (const { resources, context: given, says } of violating)
        expect(findings(rule, resources, given ?? context())).toEqual(says);
    });

    it("says nothing of another type", () => {
      expect(findings(rule, [resource("other:index/thing:Thing", "t", { size: 3 })], context())).toEqual([]);
    });

    if (typeof unknown !== "string") {
      it("never passes over an unknown value in silence", () => {
        expect(findings(rule, unknown.resources, unknown.context ?? context())).toEqual(unknown.says);
      });
    }
  },
);

describe(drillName, () => {
  const level = (rule: PolicyRule, settings = {}) =>
    "checkStack" in rule
      ? [...rule.checkStack([], context({ settings }))].map((f) =>
          "unknown" in f ? "unknown" : (f.level ?? rule.level),
        )
      : [];

  it("says nothing of a drill that is recent and recovered", () => {
    expect(findings(drillAged(30), [], context())).toEqual([]);
  });

  it("names the record, its age and the fix", () => {
    expect(findings(drillAged(31), [], context())).toEqual([
      'the plan, drill-report/drill.json.startedAt: received "2026-10-24T12:00:00.000Z, 31 days ago"; allowed: at most 30 days (plan.drillEvery); fix: npm run drill',
    ]);
    expect(findings(drillRule(undefined), [], context())).toEqual([
      "the plan, drill-report/drill.json.startedAt: received nothing; allowed: a drill in the last 30 days (plan.drillEvery); fix: npm run drill",
    ]);
    expect(
      findings(
        drillRule({ verdict: "failed", startedAt: context().now, file: "drill-report/drill.json" }),
        [],
        context(),
      ),
    ).toEqual([
      'the plan, drill-report/drill.json.verdict: received "failed"; allowed: "recovered"; fix: look into the report, then run the drill again',
    ]);
  });

  it("is advice until 45 days, then mandatory, but never stops a recovery or a drill", () => {
    expect(level(drillAged(45))).toEqual(["advisory"]);
    expect(level(drillAged(46))).toEqual(["mandatory"]);
    expect(level(drillAged(46), { stack: "recovery" })).toEqual(["advisory"]);
    expect(level(drillAged(46), { stack: "verify" })).toEqual(["advisory"]);
    expect(level(drillAged(46), { drill: true })).toEqual(["advisory"]);
  });
});
