import { describe, expect, it } from "vitest";
import { contradictions, unmetObjectives } from "../../plan/checks";
import { effectiveDeadline, effectiveRpo, fileSets, waves } from "../../plan/graph";
import type { Plan } from "../../plan/model";
import { plan } from "../../plan/plan";
import { parseRut, rutCheckDigit } from "../../plan/rut";
import { bytes, seconds } from "../../plan/units";
import { webhookSources } from "../../plan/webhooks";

const changed = (name: string, change: object): Plan => ({ ...plan, services: plan.services.map((s) => (s.name === name ? { ...s, ...change } : s)) });

describe("plan", () => {
  it("holds together", () => expect(contradictions(plan)).toEqual([]));
  it("restores the base before what stands on it", () => {
    expect(waves(plan).map((w) => w.map((s) => s.name))).toEqual([
      ["postgres", "redis", "vault", "caddy"],
      ["gateway", "odoo", "chatwoot", "botpress", "n8n", "metabase", "dokploy"],
    ]);
  });
  it("lets PostgreSQL inherit the gateway's ten minutes", () => {
    expect(effectiveDeadline(plan, "postgres")).toBe(600);
    expect(effectiveDeadline(plan, "redis")).toBe(900);
    expect(effectiveDeadline(plan, "dokploy")).toBe(7200);
  });
  it("backs up every set once", () => expect(fileSets(plan).map((f) => f.set)).toEqual(["vault", "caddy", "odoo", "chatwoot", "botpress", "n8n", "dokploy"]));
  it("shows Vault's objective as unmet", () => expect(unmetObjectives(plan).map((u) => u.service)).toEqual(["vault"]));
  it("names both sides of a cycle", () => expect(contradictions(changed("postgres", { dependsOn: ["gateway"] }))[0]).toContain("postgres -> gateway -> postgres is a cycle"));
  it("names both sides of a cadence that misses its RPO", () =>
    expect(contradictions(changed("odoo", { rpo: "30 seconds" }))[0]).toMatch(/backupCycle: received 30 seconds, but plan.services.odoo.rpo is 30 seconds/));
  it("refuses to verify backups more seldom than they can be replaced", () =>
    expect(contradictions({ ...plan, verifyEvery: "16 days" })[0]).toMatch(/verifyEvery: received 16 days, but plan.retention is 30 days/));
  it("refuses a critical path longer than its deadline", () => expect(contradictions(changed("gateway", { rto: "4 minutes" })).join()).toContain("critical path host -> postgres -> gateway"));
});

describe("the senders of webhooks", () => {
  it("each end in a module whose recovered point is known, and say where their rules are written", () => {
    for (const { name, into, retriedFor, documented } of webhookSources) {
      expect([name, effectiveRpo(plan, into)]).toEqual([name, expect.any(Number)]);
      expect(seconds(retriedFor)).toBeGreaterThan(effectiveDeadline(plan, into));
      expect(documented.every((page) => page.startsWith("https://"))).toBe(true);
    }
  });
});

describe("units", () => {
  it("reads a unit and refuses its absence", () => {
    expect(seconds("1.5 hours")).toBe(5400);
    expect(bytes("40 GiB")).toBe(40 * 2 ** 30);
    expect(() => seconds("15")).toThrow(/allowed: a number, a space/);
    expect(() => bytes("40")).toThrow(/fix: write "40 GiB"/);
  });
});

describe("RUT", () => {
  it("knows the check digit", () => {
    expect(rutCheckDigit(76192083)).toBe("9");
    expect(parseRut("76.192.083-9")).toBe("76192083-9");
    expect(() => parseRut("76192083-1")).toThrow(/check digit must be 9, not 1/);
    expect(() => parseRut("hola")).toThrow(/allowed: a RUT/);
  });
});
