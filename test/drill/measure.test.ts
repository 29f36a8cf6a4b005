import { describe, expect, it } from "vitest";
import { measure, type Observations } from "../../drill/measure";
import type { LastWrites } from "../../drill/last-writes";
import type { ServiceName } from "../../plan/model";
import { drillServices } from "../../outside/site";

const destroyedAt = Date.parse("2026-01-01T00:01:40Z");
/** One write a second, the last one at the loss: number n is acknowledged 100 - n seconds before it. */
const acks = Array.from({ length: 100 }, (_, i) => ({ n: i + 1, at: destroyedAt - (99 - i) * 1000 }));
const writers: ServiceName[] = [...drillServices, "vault"];

function observed(changed: Partial<Record<ServiceName, LastWrites>> = {}): Observations {
  const all: LastWrites = { rows: 100, files: 100, vault: 100 };
  return {
    destroyedAt,
    acks: new Map(writers.map((name) => [name, acks])),
    last: new Map(drillServices.map((name) => [name, changed[name] ?? all])),
    seen: new Map(
      [...writers, "postgres" as const, "redis" as const, "caddy" as const].map((name) => [
        name,
        { at: destroyedAt + 42_500, address: "192.0.2.1", evidence: "HTTP 200" },
      ]),
    ),
  };
}

const figures = (observations: Observations) => new Map(measure(observations).map((m) => [m.name, m]));

describe("measure", () => {
  it("finds nothing lost when everything is back", () => {
    for (const module of measure(observed())) {
      expect(module).toMatchObject({ rtoSeconds: 42.5, rpoSeconds: 0, restored: true });
    }
  });

  it("counts from the newest write that is back to the loss", () => {
    expect(figures(observed({ odoo: { rows: 90, files: 95 } })).get("odoo")).toEqual({
      name: "odoo",
      rtoSeconds: 42.5,
      rpoSeconds: 10,
      restored: true,
      evidence:
        "last acknowledged write 100 at 2026-01-01T00:01:40.000Z, last restored 90 in rows, 95 in files: 10 lost, the newest restored 10 s before the loss; HTTP 200",
    });
  });

  it("takes a write for lost when its file is", () => {
    const found = figures(observed({ odoo: { rows: 100, files: 70 } }));
    expect(found.get("odoo")!.rpoSeconds).toBe(30);
    expect(found.get("postgres")!.rpoSeconds).toBe(0);
  });

  it("holds PostgreSQL to the worst of its databases", () => {
    const found = figures(observed({ n8n: { rows: 60, files: 60 }, metabase: { rows: 80 } })).get("postgres")!;
    expect(found).toMatchObject({ rpoSeconds: 40, evidence: expect.stringContaining("n8n") });
  });

  it("reads Vault's number from the gateway", () => {
    const found = figures(observed({ gateway: { rows: 100, vault: 75 } }));
    expect(found.get("vault")!.rpoSeconds).toBe(25);
    expect(found.get("gateway")!.rpoSeconds).toBe(0);
  });

  it("does not call restored what lost every write", () => {
    expect(figures(observed({ metabase: { rows: 0 } })).get("metabase")).toMatchObject({
      rpoSeconds: 99,
      restored: false,
      evidence: expect.stringContaining("all 100 lost, 99 s and more"),
    });
  });

  it("does not make up a figure that it has no observation for", () => {
    const { last, seen, ...rest } = observed();
    const lastWithout = new Map([...last].filter(([name]) => name !== "dokploy"));
    const seenWithout = new Map([...seen].filter(([name]) => name !== "dokploy"));
    const found = figures({ ...rest, last: lastWithout, seen: seenWithout });
    expect(found.get("dokploy")).toMatchObject({ rtoSeconds: null, rpoSeconds: null, restored: false });
    expect(found.get("postgres")).toMatchObject({
      rpoSeconds: null,
      restored: false,
      evidence: expect.stringContaining("not measured in dokploy"),
    });
  });

  it("counts what was still acknowledged while the primary was being destroyed", () => {
    const late = { n: 101, at: destroyedAt + 20 };
    const observations = observed();
    const found = figures({ ...observations, acks: new Map(writers.map((name) => [name, [...acks, late]])) });
    expect(found.get("odoo")).toMatchObject({ rpoSeconds: 0, evidence: expect.stringContaining("1 lost") });
  });
});
