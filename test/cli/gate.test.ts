import { describe, expect, it } from "vitest";
import { gateCheckName, gateCheckSaid, gateSubject } from "../../cli/gate/say";
import { gateCheckKinds } from "../../cli/gate/words";
import { databaseChecks, tenantChecks } from "../../images/agent/src/gate/data";
import { serviceChecks, vaultChecks } from "../../images/agent/src/gate/services";
import { tlsChecks } from "../../images/agent/src/gate/tls";
import { webhookChecks } from "../../images/agent/src/gate/webhooks";
import type { GateSpec } from "../../contracts/gate";

const spec: GateSpec = {
  domain: "smarter.test",
  deadlineSeconds: 1,
  services: [{ name: "n8n", url: "http://n8n:5678/healthz" }],
  postgres: { host: "postgres", user: "gate", password: "", databases: ["odoo"] },
  vault: { address: "http://vault:8200" },
  tenants: [{ rut: "76192083-9", name: "Rompecabezas del Sur SpA" }],
  odoo: { database: "odoo", filestore: "/data/odoo" },
  webhooks: {
    gatewayUrl: "http://g",
    odooUrl: "http://o",
    chatwootUrl: "http://c",
    shopifySecret: "",
    whatsappSecret: "",
  },
  tls: { connectTo: "caddy", port: 443, names: ["api.smarter.test"] },
};
/** Every check that the agent makes, by its name alone. */
const made = [serviceChecks, vaultChecks, databaseChecks, tenantChecks, webhookChecks, tlsChecks].flatMap((checks) =>
  checks(spec).map(({ name }) => ({ name, ok: true, evidence: "as it was noted" })),
);

describe("the gate's checks", () => {
  it("are all known, each as one kind", () => {
    const kinds = Object.keys(gateCheckKinds) as (keyof typeof gateCheckKinds)[];
    const found = made.map((check) => kinds.filter((kind) => gateSubject(check, kind) !== undefined));
    expect(found.map(({ length }) => length)).toEqual(made.map(() => 1));
    expect(new Set(found.flat())).toEqual(new Set(kinds));
  });
  it("keep their names in English, and have others in Spanish", () => {
    for (const check of made) {
      expect(gateCheckName(check, "en")).toBe(check.name);
      expect(gateCheckName(check, "es")).not.toBe(check.name);
    }
  });
  it("say what was noted on the host as it was noted", () => {
    const tenant = made.find(({ name }) => name.endsWith("row"))!;
    expect(gateCheckSaid(tenant)("en")).toBe("tenant 76192083-9 row: as it was noted");
    expect(gateCheckSaid(tenant)("es")).toBe("fila del tenant 76192083-9: «as it was noted»");
  });
  it("stay as they are named where the name is not known", () => {
    expect(gateCheckName({ name: "a check of tomorrow" }, "es")).toBe("a check of tomorrow");
  });
});
