import { describe, expect, it } from "vitest";
import { evaluate, inLanguage, type Findings } from "../../../cli/checklist/evaluate";
import { renderFollowUps } from "../../../cli/checklist/command";
import { languages } from "../../../cli/language";
import type { GateResult } from "../../../contracts/gate";
import type { ChecklistId } from "../../../plan/organisation";
import { recovered } from "../incident/sample";
import { container, containers, healthyLook, withModules } from "../looks";

const gate: GateResult = {
  passed: true,
  finishedAt: "2026-11-24T03:50:40.000Z",
  checks: [
    ...["76192083-9", "77543210-1", "76840311-2"].flatMap((rut) => [
      { name: `tenant ${rut} row`, ok: true, evidence: "its row is there" },
      { name: `tenant ${rut} files`, ok: true, evidence: "20 of 20 attachments" },
    ]),
    { name: "shopify webhook reaches odoo", ok: true, evidence: "order 1 is in Odoo" },
    { name: "whatsapp message reaches chatwoot", ok: true, evidence: "message 1 is in Chatwoot" },
  ],
};
const complete: Findings = { look: healthyLook(), gate, incident: "/incidents/smarter.test-g1/incident.json" };

const open = (findings: Findings) => evaluate(findings).filter(({ ok }) => !ok);
const only = (findings: Findings, id: ChecklistId) => {
  expect(open(findings).map((item) => item.id)).toEqual([id]);
  return open(findings)[0]!.evidence("en");
};
const withInside = (change: Parameters<typeof container>[1], name: string) =>
  healthyLook({
    inside: {
      state: "answered",
      seconds: 0,
      value: containers.map((c) => (c.name === name ? container(name, change) : c)),
    },
  });

describe("the checklist", () => {
  it("holds, each item with its evidence, when everything is as it should be", () => {
    expect(open(complete)).toEqual([]);
    for (const { evidence } of evaluate(complete)) for (const lang of languages) expect(evidence(lang)).toMatch(/\w/);
  });

  it.each<[ChecklistId, Partial<Findings>, RegExp]>([
    ["containers-up", { look: withInside({ status: "exited" }, "n8n") }, /n8n: exited, healthy/],
    ["logs-rotating", { look: withInside({ logsRotate: false }, "odoo") }, /grow without end: odoo/],
    ["monitoring-active", { look: withInside({ health: undefined }, "redis") }, /nobody looks at: redis/],
    [
      "gateway-health",
      {
        look: withModules(healthyLook(), ["gateway"], {
          outside: { state: "answered", seconds: 0, value: { well: false, said: "HTTP 503" } },
        }),
      },
      /HTTP 503/,
    ],
    ["dns-active", { look: healthyLook({ activeAddress: "192.0.2.1" }) }, /127\.10\.9\.1; active site: 192\.0\.2\.1/],
    ["backups-running", { look: healthyLook({ at: "2026-11-24T03:55:00.000Z" }) }, /256 s old/],
    ["incident-documented", { incident: undefined }, /no incident report/],
    [
      "tenants-sample",
      { gate: { ...gate, checks: gate.checks.filter(({ name }) => !name.includes("76840311")) } },
      /2 tenants in smarteros:site\.tenants, the plan asks for 3/,
    ],
    [
      "shopify-webhooks",
      {
        gate: {
          ...gate,
          checks: gate.checks.map((c) =>
            c.name.startsWith("shopify") ? { ...c, ok: false, evidence: "HTTP 401" } : c,
          ),
        },
      },
      /HTTP 401/,
    ],
  ])("leaves %s open, and says why", (id, change, evidence) => {
    expect(only({ ...complete, ...change }, id)).toMatch(evidence);
  });

  it("speaks the reader's language; what the gate and Docker said stays as they said it", () => {
    const look = withInside({ status: "exited" }, "n8n");
    const of = (id: ChecklistId) =>
      evaluate({ ...complete, look })
        .find((item) => item.id === id)!
        .evidence("es");
    expect(of("containers-up")).toBe("n8n: exited, healthy");
    expect(of("logs-rotating")).toBe("rotan los logs de 12 contenedores");
    expect(of("dns-active")).toBe("127.10.9.53:53: 127.10.9.1; sitio activo: 127.10.9.1");
    expect(of("tenants-sample")).toMatch(
      /^validación del 24-11-2026.*: fila del tenant 76192083-9: «its row is there»; archivos del tenant/,
    );
    const silent = healthyLook({ inside: { state: "silent", seconds: 5 } });
    expect(inLanguage(evaluate({ ...complete, look: silent }), "es")[0]).toEqual({
      id: "containers-up",
      ok: false,
      evidence: "el servidor activo: sin respuesta en 5 s",
    });
  });

  it("ticks nothing of a host that could not be reached", () => {
    const look = healthyLook({ inside: { state: "silent", seconds: 5 } });
    expect(open({ ...complete, look }).map(({ id }) => id)).toEqual([
      "containers-up",
      "logs-rotating",
      "monitoring-active",
    ]);
  });

  it("ticks nothing that the gate did not prove", () => {
    expect(open({ look: healthyLook(), incident: complete.incident }).map(({ id }) => id)).toEqual([
      "tenants-sample",
      "shopify-webhooks",
      "whatsapp-chatwoot",
    ]);
  });
});

it("what the incident leaves to do is said after it, with the query for what Shopify told in the gap", () => {
  const text = renderFollowUps(recovered, "en");
  expect(text.split("\n").filter((line) => line.startsWith("  - "))).toHaveLength(recovered.followUps.length);
  expect(text).toMatch(/^ {4}Fetch the rest: .*updated_at:>='2026-11-24T02:59:35\.000Z' AND/m);
  expect(text).toMatch(/^ {2}WhatsApp$/m);
  expect(renderFollowUps({ ...recovered, verdict: "failed" }, "en")).not.toContain("updated_at");
});
