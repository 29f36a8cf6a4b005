import { plan } from "../../plan/plan";
import type { Container } from "../../cli/inside";
import type { Look, ModuleLook, Outside } from "../../cli/status/look";
import { freshness } from "../../cli/backups";
import { body } from "../stacks/manifests";

export const now = "2026-11-24T03:50:54.000Z";
export const active = "127.10.9.1";

export const well: Outside = {
  well: true,
  address: active,
  seconds: 0.2,
  certificateUntil: "Feb 22 03:50:54 2027 GMT",
  evidence: `https://api.smarter.test/health at ${active}: HTTP 200`,
};

export const container = (name: string, change: Partial<Container> = {}): Container => ({
  name,
  status: "running",
  health: "healthy",
  healthSeconds: 0.1,
  said: "",
  restarts: 0,
  logsRotate: true,
  restartPolicy: "unless-stopped",
  ...change,
});

export const containers = [...plan.services.map(({ name }) => container(name)), container("agent")];

/** A site on which everything is as it should be, 10 s after the newest backup. */
export function healthyLook(change: Partial<Look> = {}): Look {
  const newest = { key: "g1/manifests/2026-11-24T035044120Z.json", body: body() };
  const fresh = freshness(newest.body, Date.parse(now));
  return {
    at: now,
    domain: "smarter.test",
    settingsFrom: "engine",
    sites: [{ generation: 1, host: "existing", address: active }],
    activeGeneration: 1,
    activeAddress: active,
    proxied: false,
    dns: [{ resolver: "127.10.9.53:53", answer: { state: "answered", value: active, seconds: 0.01 } }],
    modules: plan.services.map(({ name, critical }): ModuleLook => {
      const point = fresh.find(({ module }) => module === name);
      return {
        module: name,
        critical,
        outside: { state: "answered", value: well, seconds: 0.2 },
        inside: container(name),
        ...(point ? { freshness: point } : {}),
      };
    }),
    inside: { state: "answered", value: containers, seconds: 0.4 },
    backups: {
      state: "answered",
      seconds: 0.2,
      value: { generations: [{ number: 1, serves: true }], active: 1, newest, skipped: [], held: [] },
    },
    hetzner: { state: "answered", value: [], seconds: 0.1 },
    cloudflare: { state: "answered", value: active, seconds: 0.1 },
    certificate: { until: "2027-02-22T03:50:54.000Z", issuer: "acme" },
    credentials: [
      { name: "s3.writer", ageSeconds: 30 * 86_400, pending: false, replaceable: true },
      { name: "databasePasswords.odoo", ageSeconds: 12 * 86_400, pending: false, replaceable: true },
    ],
    lastDrill: { verdict: "recovered", at: "2026-11-20T03:00:00.000Z" },
    ...change,
  };
}

/** The same look with another answer of some modules. */
export const withModules = (look: Look, modules: readonly string[], change: Partial<ModuleLook>): Look => ({
  ...look,
  modules: look.modules.map((m) => (modules.includes(m.module) ? { ...m, ...change } : m)),
});
