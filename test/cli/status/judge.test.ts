import { describe, expect, it } from "vitest";
import { exitCodes } from "../../../cli/exit-codes";
import { exitCodeOf, judge, remember } from "../../../cli/status/judge";
import { renderStatus } from "../../../cli/status/render";
import type { Look } from "../../../cli/status/look";
import type { BackupState } from "../../../cli/backups";
import type { ManifestBody } from "../../../contracts/manifest";
import { type Held, type Hold, holdKey } from "../../../contracts/ransomware";
import { body } from "../../stacks/manifests";
import { healthyLook, now, withModules } from "../looks";

const silent = { outside: { state: "silent" as const, seconds: 4 } };
const notAsked = { outside: { state: "not-asked" as const, because: "gateway-silent" as const } };
const bad = (said: string) => ({
  outside: { state: "answered" as const, seconds: 0.1, value: { well: false as const, said } },
});
const problemsOf = (look: Look) => judge(look).problems.map(({ id }) => id);

describe("the verdict", () => {
  it("is healthy when everything is as it should be", () => {
    expect(judge(healthyLook())).toMatchObject({ verdict: "healthy", problems: [], perhapsBlind: false });
    expect(exitCodeOf(judge(healthyLook()))).toBe(exitCodes.ok);
  });

  it("is declare from the second critical module on, not before", () => {
    const one = judge(withModules(healthyLook(), ["odoo"], silent));
    expect(one).toMatchObject({
      verdict: "degraded",
      triggers: [{ id: "critical-modules", holds: false, down: ["odoo"] }, {}, {}, {}],
    });
    expect(exitCodeOf(one)).toBe(exitCodes.degraded);
    const two = judge(withModules(healthyLook(), ["odoo", "chatwoot"], silent));
    expect(two.verdict).toBe("declare");
    expect(exitCodeOf(two)).toBe(exitCodes.declare);
  });

  it("counts no module that is not critical, and none that nobody could be asked about", () => {
    expect(judge(withModules(healthyLook(), ["n8n", "botpress", "metabase", "dokploy", "redis"], silent)).verdict).toBe(
      "degraded",
    );
    expect(judge(withModules(healthyLook(), ["postgres", "vault"], notAsked)).triggers[0]).toMatchObject({ down: [] });
  });

  it("is declare when the database cannot be reached, by the gateway's word or the host's", () => {
    const byGateway = judge(withModules(healthyLook(), ["postgres"], bad("connection refused")));
    expect(byGateway.triggers[2]).toEqual({
      id: "database",
      holds: true,
      reachable: false,
      said: "connection refused",
    });
    const look = withModules(healthyLook(), ["postgres"], notAsked);
    expect(judge(look).triggers[2]).toMatchObject({ holds: false, reachable: true });
    const exited = withModules(look, ["postgres"], { inside: { ...look.modules[0]!.inside!, status: "exited" } });
    expect(judge(exited).triggers[2]).toMatchObject({ holds: true, reachable: false });
  });

  it("is declare when the API took longer than the plan allows, or has been silent for so long", () => {
    const look = healthyLook();
    const slow = withModules(look, ["gateway"], {
      outside: {
        state: "answered",
        seconds: 61,
        value: { ...(look.modules[0]!.outside as { value: object }).value, seconds: 61 } as never,
      },
    });
    expect(judge(slow).triggers[1]).toMatchObject({ holds: true, seconds: 61, answered: true, limit: 60 });

    const first = withModules(look, ["gateway"], silent);
    expect(judge(first).triggers[1]).toMatchObject({ holds: false, seconds: 4 });
    const memory = remember(first, {});
    const later = { ...first, at: new Date(Date.parse(now) + 57_000).toISOString() };
    expect(judge(later, memory).triggers[1]).toMatchObject({ holds: true, seconds: 61, answered: false });
    expect(remember(look, memory)).toEqual({});
  });

  it("warns that this machine itself may be cut off when nothing else answers either", () => {
    const dark = withModules(healthyLook(), ["odoo", "chatwoot", "gateway", "caddy"], silent);
    const no = { state: "silent" as const, seconds: 4 };
    expect(judge(dark).perhapsBlind).toBe(false);
    const blind = {
      ...dark,
      dns: dark.dns.map((d) => ({ ...d, answer: no })),
      backups: no,
      hetzner: no,
      cloudflare: no,
    };
    expect(judge(blind)).toMatchObject({ verdict: "declare", perhapsBlind: true });
  });
});

describe("backups that look as if ransomware had been at work", () => {
  const held = (set: string, change: Partial<Hold> = {}): Held => ({
    key: holdKey(1, set, now),
    set,
    writtenAt: now,
    hold: {
      ...{ generation: 1, set, replaced: 214, encrypted: 199 },
      firstAt: "2026-11-24T03:40:12.000Z",
      firstSet: "2026-11-24T03:40:30.000Z",
      lastSet: now,
      cleanAt: "2026-11-24T03:40:00.120Z",
      ...change,
    },
  });
  const withHeld = (...all: Held[]): Look => {
    const look = healthyLook();
    const value = { ...(look.backups as { value: BackupState }).value, held: all };
    return { ...look, backups: { state: "answered", seconds: 0.2, value } };
  };

  it("are a reason to declare, and say to what time to recover", () => {
    const look = withHeld(held("odoo"), held("chatwoot", { cleanAt: "2026-11-24T03:39:30.120Z" }));
    const judgement = judge(look);
    expect(judgement).toMatchObject({
      verdict: "declare",
      triggers: [{}, {}, {}, { id: "ransomware", holds: true, cleanAt: "2026-11-24T03:39:30.120Z", limit: 1 }],
      problems: [],
    });
    const screen = renderStatus(look, judgement, "en");
    expect(screen).toContain(
      "looks like ransomware: set odoo: 93 % of 214 changed files look encrypted since 24 Nov 2026, 03:40:12 UTC; set chatwoot: ",
    );
    expect(screen).toContain("smarter failover activate --at 2026-11-24T03:39:30.120Z");
    expect(renderStatus(look, judgement, "es")).toContain(
      "conjunto odoo: 93 % de 214 archivos cambiados parecen cifrados",
    );
  });

  it("are so as well when a hold was spoilt; then no time is proposed", () => {
    const look = withHeld({ ...held("odoo"), hold: undefined });
    const judgement = judge(look);
    expect(judgement.triggers[3]).not.toHaveProperty("cleanAt");
    expect(renderStatus(look, judgement, "en")).toMatch(/set odoo: held, and g1\/holds\/odoo-.* cannot be read/);
  });

  it("are not known while the store is silent, and not when nothing was measured", () => {
    expect(judge(withHeld()).triggers[3]).toMatchObject({ holds: false, held: [] });
    const silentStore = healthyLook({ backups: { state: "silent", seconds: 5 } });
    expect(judge(silentStore).triggers[3]).toEqual({ id: "ransomware", holds: false, limit: 1 });
    expect(renderStatus(silentStore, judge(silentStore), "en")).toContain(
      "? whether a file set looks encrypted is not known",
    );
  });

  it("or that suddenly grow are told, and are no reason to declare", () => {
    const wrote = (volumes: ManifestBody["volumes"]) => {
      const look = healthyLook();
      const value = (look.backups as { value: { newest: object } }).value;
      const newest = { ...value.newest, body: body({ volumes }) };
      return judge({ ...look, backups: { ...look.backups, value: { ...value, newest } } as Look["backups"] });
    };
    expect(wrote({ wal: { bytes: 3e9, usual: 4e7 }, added: { bytes: 5e8, usual: 1e3 } })).toMatchObject({
      verdict: "degraded",
      problems: [{ id: "surge", of: "wal", bytes: 3e9, usual: 4e7 }],
    });
    expect(wrote({ wal: { bytes: 3e9 }, added: { bytes: 9e9, usual: 8e9 } }).problems).toEqual([]);
  });
});

describe("what is not as it should be", () => {
  it("is DNS that answers another address than the active site's", () => {
    const look = healthyLook({
      dns: [{ resolver: "1.1.1.1", answer: { state: "answered", value: "192.0.2.9", seconds: 0 } }],
    });
    expect(judge(look).problems).toEqual([
      { id: "dns", resolver: "1.1.1.1", answered: "192.0.2.9", expected: look.activeAddress },
    ]);
    expect(problemsOf({ ...look, proxied: true })).toEqual([]);
  });

  it("is a container that does not run or fails its test, not one that Docker has not tested yet", () => {
    const withAgent = (status: string, health: string): Look => {
      const container = {
        name: "agent",
        status,
        health,
        restarts: 0,
        logsRotate: true,
        restartPolicy: "unless-stopped",
      };
      return { ...healthyLook(), inside: { state: "answered", seconds: 0.1, value: [container] } };
    };
    expect(problemsOf(withAgent("running", "starting"))).toEqual([]);
    expect(problemsOf(withAgent("running", "unhealthy"))).toEqual(["inside"]);
    expect(problemsOf(withAgent("exited", "starting"))).toEqual(["inside"]);
  });

  it("is a module whose newest restorable point is too old", () => {
    const later = new Date(Date.parse(now) + 200_000).toISOString();
    const look = healthyLook();
    const stale = withModules({ ...look, at: later }, ["odoo"], {
      freshness: { ...look.modules[5]!.freshness!, ageSeconds: 301, verdict: "stale" },
    });
    expect(judge(stale).problems).toEqual([{ id: "rpo", module: "odoo", ageSeconds: 301, rpoSeconds: 300 }]);
  });

  it("is a public certificate that nobody renews, and one of the site's own only at its end", () => {
    const until = (days: number) => new Date(Date.parse(now) + days * 86_400_000).toISOString();
    expect(problemsOf(healthyLook({ certificate: { until: until(13), issuer: "acme" } }))).toEqual(["certificate"]);
    expect(problemsOf(healthyLook({ certificate: { until: until(0.2), issuer: "internal" } }))).toEqual([]);
  });

  it("is a credential that is older than the plan allows, which makes no site unwell", () => {
    const aged = (days: number | null, more: object = {}): Look["credentials"][number] => ({
      ...{ name: "s3.guard", ageSeconds: days === null ? null : days * 86_400, pending: false, replaceable: true },
      ...more,
    });
    const old = healthyLook({ credentials: [aged(91), aged(null, { name: "hcloud:token" })] });
    expect(judge(old)).toMatchObject({
      verdict: "healthy",
      problems: [{ id: "credentials", names: ["s3.guard"], limitSeconds: 90 * 86_400 }],
    });
    expect(renderStatus(old, judge(old), "en")).toMatch(
      /Credentials +✗ oldest 91 days of 90 days \(s3.guard\) +\? age of 1 not known/,
    );
    expect(renderStatus(old, judge(old), "es")).toContain("smarter rotate --older-than 90d");
    expect(problemsOf(healthyLook({ credentials: [aged(91, { replaceable: false })] }))).toEqual([]);
    const begun = judge(healthyLook({ credentials: [aged(0, { pending: true })] }));
    expect(begun).toMatchObject({ verdict: "degraded", problems: [{ id: "rotation-begun", names: ["s3.guard"] }] });
  });

  it("is a recovery that somebody has begun and not ended, told with who and since when", () => {
    const look = healthyLook();
    const claim = {
      generation: 2,
      restoreFrom: 1,
      manifestKey: "k",
      targetTime: null,
      claimedAt: now,
      claimedBy: "ana@laptop",
    };
    const backups = {
      ...look.backups,
      value: { ...(look.backups as { value: object }).value, begun: claim },
    } as Look["backups"];
    expect(judge({ ...look, backups }).problems).toEqual([
      { id: "recovery-begun", generation: 2, by: "ana@laptop", since: now },
    ]);
    expect(renderStatus({ ...look, backups }, judge({ ...look, backups }), "es")).toContain(
      "fue iniciada por ana@laptop",
    );
  });

  it("is what the last drift check found, and nothing where there was none", () => {
    const record = {
      at: "2026-11-24T02:00:00.000Z",
      verdict: "clean" as const,
      drifted: [],
      unchecked: [],
      broken: [],
      settings: "",
    };
    expect(problemsOf(healthyLook({ lastDrift: record }))).toEqual([]);
    expect(problemsOf(healthyLook({ lastDrift: { ...record, broken: null } }))).toEqual([]);
    const found = { ...record, verdict: "drift" as const, drifted: ["backups"], broken: ["bucket-versioning"] };
    const look = healthyLook({ lastDrift: found });
    expect(judge(look)).toMatchObject({
      verdict: "degraded",
      problems: [
        { id: "drift", names: ["backups"] },
        { id: "policies", names: ["bucket-versioning"] },
      ],
    });
    const screen = renderStatus(look, judge(look), "es");
    expect(screen).toContain("✗ 1 recurso(s) con deriva  ✗ 1 infracción(es) de políticas obligatorias  hace 1 h");
    expect(screen).toContain("no está como lo dejó el programa");
    const unchecked = healthyLook({
      lastDrift: { ...record, verdict: "unchecked", unchecked: ["host"], broken: null },
    });
    expect(renderStatus(unchecked, judge(unchecked), "en")).toContain(
      "? 1 resource(s) could not be asked  ? policies left out",
    );
  });

  it("is no drill that is due: that is told, and makes no site unwell", () => {
    const due = healthyLook({ lastDrill: { verdict: "recovered", at: "2026-10-01T00:00:00.000Z" } });
    expect(judge(due)).toMatchObject({
      verdict: "healthy",
      problems: [{ id: "drill-due", since: "2026-10-31T00:00:00.000Z" }],
    });
  });
});

describe("the screen", () => {
  it("says the verdict first, and the same in both languages", () => {
    const look = withModules(healthyLook(), ["odoo", "chatwoot"], silent);
    expect(renderStatus(look, judge(look), "en").split("\n")[0]).toMatch(/^✗ Declare a disaster because:/);
    expect(renderStatus(look, judge(look), "es")).toContain(
      "módulos críticos que no responden bien: odoo, chatwoot; el límite es 2",
    );
  });
  it("fits 80 columns by 40 lines on a healthy site", () => {
    const lines = renderStatus(healthyLook(), judge(healthyLook()), "en").split("\n");
    expect(lines.length).toBeLessThanOrEqual(40);
  });
});
