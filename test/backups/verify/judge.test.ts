import { describe, expect, it } from "vitest";
import { judgeModule, modulesOf, type Seen } from "../../../backups/verify/judge";
import { moduleTargets } from "../../../components/services/agent";
import type { RestoreResult } from "../../../contracts/agent";
import { plan } from "../../../plan/plan";

const target = (module: string) => moduleTargets().find((t) => t.module === module)!;
const restored = (module: string, more: Partial<RestoreResult> = {}): RestoreResult => ({
  module,
  outcome: "restored",
  startedAt: "2026-11-24T04:00:00.000Z",
  finishedAt: "2026-11-24T04:00:02.500Z",
  detail: "a snapshot",
  ...more,
});
const ok = (name: string) => ({ name, ok: true, evidence: "seen" });
const whole: Seen = {
  checks: ["service odoo", "database odoo", "tenant 76192083-9 files", "tls a.cl", "vault unsealed"].map(ok),
  restored: [
    restored("postgres", { detail: "base backup 1F" }),
    restored("odoo", { files: 7, bytes: 70 }),
    restored("caddy"),
    restored("vault"),
  ],
  starts: new Map([["odoo", 3]]),
  failed: new Map(),
};
const judge = (module: string, change: Partial<Seen> = {}) => judgeModule(target(module), { ...whole, ...change });

describe("a module", () => {
  it("is verified by what was restored of it and looked at, with the time that its own parts took", () =>
    expect(judge("odoo")).toEqual({
      name: "odoo",
      result: "verified",
      seconds: 5.5,
      evidence: [
        "restored and decrypted postgres: base backup 1F",
        "restored and decrypted odoo: 7 files, 70 bytes, a snapshot",
        "service odoo: seen",
        "database odoo: seen",
        "tenant 76192083-9 files: seen",
      ],
    }));
  it("fails by a check that does not hold, and by no other module's", () => {
    const checks = whole.checks!.map((c) =>
      c.name.startsWith("tenant") ? { ...c, ok: false, evidence: "is missing" } : c,
    );
    expect(judge("odoo", { checks })).toMatchObject({
      result: "failed",
      evidence: expect.arrayContaining(["FAILED tenant 76192083-9 files: is missing"]),
    });
    expect(judge("caddy", { checks }).result).toBe("verified");
  });
  it("fails when a part was not restored by this run, though all checks hold", () => {
    const again = restored("odoo", { outcome: "already-restored" });
    for (const parts of [[restored("postgres")], [restored("postgres"), again]])
      expect(judge("odoo", { restored: parts })).toMatchObject({
        result: "failed",
        evidence: expect.arrayContaining(["not restored: odoo"]),
      });
  });
  it("fails when nothing was looked at", () =>
    expect(judge("caddy", { checks: [ok("service odoo")] })).toMatchObject({
      result: "failed",
      evidence: expect.arrayContaining(["nothing was looked at"]),
    }));
  it("that serves nothing is verified by the files that came back, and fails without any", () => {
    expect(judge("host", { restored: [restored("host", { files: 40, bytes: 90_000 })] }).result).toBe("verified");
    expect(judge("host", { restored: [restored("host", { files: 0 })] })).toMatchObject({
      result: "failed",
      evidence: expect.arrayContaining(["nothing was looked at"]),
    });
    expect(judge("host", { restored: [] })).toMatchObject({
      result: "failed",
      evidence: expect.arrayContaining(["not restored: host"]),
    });
  });
  it("fails by a check of the gate that nobody knows here", () =>
    expect(
      judge("vault", { checks: [...whole.checks!, { name: "something new", ok: false, evidence: "x" }] }).result,
    ).toBe("failed"));
  it("fails when it is named in what stopped the rehearsal; of another nothing is known", () => {
    const stopped: Partial<Seen> = {
      checks: undefined,
      restored: [],
      starts: new Map(),
      problem: "restore-wave-2: restic: odoo: pack is not there",
    };
    expect(judge("odoo", stopped)).toMatchObject({ result: "failed", seconds: null });
    expect(judge("metabase", stopped)).toMatchObject({ result: "not-reached", seconds: null });
  });
  it("fails when its own service did not start, with what the engine said", () =>
    expect(
      judge("odoo", { checks: undefined, failed: new Map([["odoo", "unhealthy"]]), problem: "odoo: unhealthy" }),
    ).toMatchObject({ result: "failed", evidence: expect.arrayContaining(["unhealthy"]) }));
});

it("each service that keeps data is looked at by some check", () => {
  const services = moduleTargets().filter(({ module }) => module !== plan.host.set);
  const names = [
    "service X",
    "database X",
    "vault unsealed",
    "tenant 1-9 row",
    "tenant 1-9 files",
    "shopify webhook reaches odoo",
    "whatsapp message reaches chatwoot",
    "tls a.cl",
  ];
  const looked = new Set(
    services.flatMap(({ module }) => names.flatMap((name) => modulesOf(name.replace("X", module))!)),
  );
  for (const { module } of services) expect(looked).toContain(module);
  expect(modulesOf("something new")).toBeUndefined();
});
