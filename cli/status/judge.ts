import { cleanTime, type Held } from "../../contracts/ransomware";
import { triggers } from "../../plan/organisation";
import { plan } from "../../plan/plan";
import { bytes, seconds } from "../../plan/units";
import { answerOf } from "../ask";
import { exitCodes, type ExitCode } from "../exit-codes";
import type { CredentialAge, Look, ModuleLook } from "./look";

/** A trigger of the plan (P1), evaluated. */
export type Trigger =
  | {
      readonly id: "critical-modules";
      readonly holds: boolean;
      readonly down: readonly string[];
      readonly limit: number;
    }
  | {
      readonly id: "api-latency";
      readonly holds: boolean;
      /** Seconds that the API took, or for which it has been silent at least; undefined: it was not reached. */
      readonly seconds?: number;
      readonly answered: boolean;
      readonly limit: number;
    }
  | {
      readonly id: "database";
      readonly holds: boolean;
      /** Undefined: nobody could say. */
      readonly reachable?: boolean;
      readonly said?: string;
    }
  | {
      readonly id: "ransomware";
      readonly holds: boolean;
      /** What looks encrypted, and was not released. Undefined: the bucket did not say. */
      readonly held?: readonly Held[];
      /** The newest set before all of it: what to recover to. */
      readonly cleanAt?: string;
      readonly limit: number;
    };

/** Something that is not as it should be, and is no trigger. */
export type Problem =
  | { readonly id: "modules"; readonly modules: readonly string[] }
  | { readonly id: "inside"; readonly container: string; readonly state: string }
  | { readonly id: "rpo"; readonly module: string; readonly ageSeconds?: number; readonly rpoSeconds: number }
  | { readonly id: "dns"; readonly resolver: string; readonly answered: string; readonly expected: string }
  | { readonly id: "dns-silent"; readonly resolver: string }
  | { readonly id: "certificate"; readonly secondsLeft: number }
  | { readonly id: "backups-silent" }
  | { readonly id: "no-valid-set" }
  | { readonly id: "skipped-sets"; readonly count: number }
  | { readonly id: "surge"; readonly of: "wal" | "added"; readonly bytes: number; readonly usual: number }
  | { readonly id: "recovery-begun"; readonly generation: number; readonly by: string; readonly since: string }
  | { readonly id: "provider-silent"; readonly provider: "Hetzner" | "Cloudflare" }
  | { readonly id: "settings" }
  | { readonly id: "drift"; readonly at: string; readonly names: readonly string[] }
  | { readonly id: "policies"; readonly at: string; readonly names: readonly string[] }
  | { readonly id: "credentials"; readonly names: readonly string[]; readonly limitSeconds: number }
  | { readonly id: "rotation-begun"; readonly names: readonly string[] }
  | { readonly id: "drill-due"; readonly since?: string }
  | { readonly id: "drill-failed"; readonly verdict: string };

export type Verdict = "healthy" | "degraded" | "declare";

export interface Judgement {
  readonly verdict: Verdict;
  readonly triggers: readonly Trigger[];
  readonly problems: readonly Problem[];
  /** Nothing else answers either: the operator's own network may be what is down. */
  readonly perhapsBlind: boolean;
}

/** What earlier looks of `--watch` saw. */
export interface Memory {
  /** Milliseconds since the epoch from which on the API has been silent. */
  readonly apiSilentSince?: number;
}

/** Certificates that browsers trust are renewed a month before their end: below this, that does not work. */
const publicCertificateSeconds = 14 * 86_400;

/** Judges a look by the plan. */
export function judge(look: Look, memory: Memory = {}): Judgement {
  const evaluated = [criticalModules(look), apiLatency(look, memory), database(look), ransomware(look)];
  const problems = problemsOf(look);
  const declare = evaluated.some(({ holds }) => holds);
  return {
    verdict: declare ? "declare" : problems.some(degrades) ? "degraded" : "healthy",
    triggers: evaluated,
    problems,
    perhapsBlind:
      declare &&
      [...look.dns.map(({ answer }) => answer), look.backups, look.hetzner, look.cloudflare].every(
        (a) => a.state !== "answered",
      ),
  };
}

/** A drill that is due and a credential that is old are told, and make no site unwell. */
const degrades = ({ id }: Problem): boolean => id !== "drill-due" && id !== "drill-failed" && id !== "credentials";

/** What `--watch` keeps for its next look. */
export function remember(look: Look, { apiSilentSince }: Memory): Memory {
  const { outside } = moduleOf(look, "gateway");
  return outside.state === "silent" ? { apiSilentSince: apiSilentSince ?? Date.parse(look.at) } : {};
}

export const exitCodeOf = ({ verdict }: Judgement): ExitCode =>
  ({ healthy: exitCodes.ok, degraded: exitCodes.degraded, declare: exitCodes.declare })[verdict];

const moduleOf = (look: Look, name: string): ModuleLook => look.modules.find(({ module }) => module === name)!;

/** It was asked, and did not answer well. */
const down = ({ outside }: ModuleLook): boolean =>
  outside.state === "silent" || outside.state === "failed" || (outside.state === "answered" && !outside.value.well);

function criticalModules(look: Look): Trigger {
  const names = look.modules.filter((m) => m.critical && down(m)).map(({ module }) => module);
  const limit = triggers.criticalModulesDown;
  return { id: "critical-modules", holds: names.length >= limit, down: names, limit };
}

function apiLatency(look: Look, { apiSilentSince }: Memory): Trigger {
  const limit = seconds(triggers.apiLatencyAbove);
  const { outside } = moduleOf(look, "gateway");
  if (outside.state === "answered" && outside.value.well)
    return {
      id: "api-latency",
      holds: outside.value.seconds > limit,
      seconds: outside.value.seconds,
      answered: true,
      limit,
    };
  if (outside.state !== "silent") return { id: "api-latency", holds: false, answered: false, limit };
  const silent = outside.seconds + Math.max(0, Date.parse(look.at) - (apiSilentSince ?? Date.parse(look.at))) / 1_000;
  return { id: "api-latency", holds: silent > limit, seconds: silent, answered: false, limit };
}

function database(look: Look): Trigger {
  const { outside, inside } = moduleOf(look, "postgres");
  if (outside.state === "answered")
    return {
      id: "database",
      holds: triggers.databaseUnreachable && !outside.value.well,
      reachable: outside.value.well,
      said: outside.value.well ? outside.value.evidence : outside.value.said,
    };
  if (inside) {
    const reachable = inside.status === "running" && inside.health === "healthy";
    return {
      id: "database",
      holds: triggers.databaseUnreachable && !reachable,
      reachable,
      said: `${inside.status}, ${inside.health}`,
    };
  }
  return { id: "database", holds: false };
}

function ransomware({ backups }: Look): Trigger {
  const limit = triggers.encryptedFileSets;
  const held = answerOf(backups)?.held;
  if (!held) return { id: "ransomware", holds: false, limit };
  const cleanAt = cleanTime(held);
  const holds = new Set(held.map(({ set }) => set)).size >= limit;
  return { id: "ransomware", holds, held, ...(cleanAt ? { cleanAt } : {}), limit };
}

function problemsOf(look: Look): Problem[] {
  const backups = answerOf(look.backups);
  const expected = look.activeAddress;
  const silent = look.modules.filter(down).map(({ module }) => module);
  return [
    ...(look.settingsFrom === "file" ? [{ id: "settings" as const }] : []),
    ...(silent.length > 0 ? [{ id: "modules" as const, modules: silent }] : []),
    // Docker runs a container's test for the first time a whole interval after its start: until then nothing is wrong with it.
    ...(answerOf(look.inside) ?? [])
      .filter((c) => c.status !== "running" || c.health === "unhealthy")
      .map((c) => ({
        id: "inside" as const,
        container: c.name,
        state: [c.status, c.health].filter(Boolean).join(", "),
      })),
    ...look.modules.flatMap(({ module, freshness }) =>
      freshness && freshness.verdict !== "fresh"
        ? [
            {
              id: "rpo" as const,
              module,
              rpoSeconds: freshness.staleAfterSeconds,
              ...(freshness.ageSeconds === undefined ? {} : { ageSeconds: freshness.ageSeconds }),
            },
          ]
        : [],
    ),
    ...look.dns.flatMap(({ resolver, answer }): Problem[] => {
      if (answer.state !== "answered") return [{ id: "dns-silent", resolver }];
      if (look.proxied || expected === undefined || answer.value === expected) return [];
      return [{ id: "dns", resolver, answered: answer.value, expected }];
    }),
    ...certificate(look),
    ...(look.backups.state === "answered" ? [] : [{ id: "backups-silent" as const }]),
    ...(backups && !backups.newest ? [{ id: "no-valid-set" as const }] : []),
    ...(backups && backups.skipped.length > 0 ? [{ id: "skipped-sets" as const, count: backups.skipped.length }] : []),
    ...surges(look),
    ...(backups?.begun
      ? [
          {
            id: "recovery-begun" as const,
            generation: backups.begun.generation,
            by: backups.begun.claimedBy ?? "?",
            since: backups.begun.claimedAt,
          },
        ]
      : []),
    ...(look.hetzner.state === "answered" ? [] : [{ id: "provider-silent" as const, provider: "Hetzner" as const }]),
    ...(look.cloudflare.state === "answered"
      ? []
      : [{ id: "provider-silent" as const, provider: "Cloudflare" as const }]),
    ...drift(look),
    ...credentials(look),
    ...drill(look),
  ];
}

/** What the newest cycle wrote beyond all that is usual: every row or file written anew, or an import. */
function surges({ backups }: Look): Problem[] {
  const { surge } = plan.ransomware;
  const volumes = answerOf(backups)?.newest?.body.volumes;
  return (["wal", "added"] as const).flatMap((of): Problem[] => {
    const { bytes: written = 0, usual } = volumes?.[of] ?? {};
    const unusual = usual !== undefined && written >= bytes(surge[of]) && written >= surge.times * usual;
    return unusual ? [{ id: "surge", of, bytes: written, usual }] : [];
  });
}

function certificate({ certificate: shown, at }: Look): Problem[] {
  if (!shown) return [];
  const secondsLeft = (Date.parse(shown.until) - Date.parse(at)) / 1_000;
  // Caddy's own authority signs for hours, and renews within them.
  return secondsLeft < (shown.issuer === "acme" ? publicCertificateSeconds : 0)
    ? [{ id: "certificate", secondsLeft }]
    : [];
}

function drift({ lastDrift }: Look): Problem[] {
  if (!lastDrift) return [];
  const { at, drifted, broken } = lastDrift;
  return [
    ...(drifted.length > 0 ? [{ id: "drift" as const, at, names: drifted }] : []),
    ...(broken && broken.length > 0 ? [{ id: "policies" as const, at, names: broken }] : []),
  ];
}

function credentials({ credentials: all }: Look): Problem[] {
  const begun = all.filter(({ pending }) => pending).map(({ name }) => name);
  const old = all.filter((credential) => credential.replaceable && isOld(credential)).map(({ name }) => name);
  return [
    ...(begun.length > 0 ? [{ id: "rotation-begun" as const, names: begun }] : []),
    ...(old.length > 0 ? [{ id: "credentials" as const, names: old, limitSeconds: rotationLimit }] : []),
  ];
}

/** Seconds after which a credential should be replaced. */
export const rotationLimit = seconds(plan.rotateEvery);

/** Of unknown age is not old: nobody can say. */
export const isOld = ({ ageSeconds }: CredentialAge): boolean => ageSeconds !== null && ageSeconds > rotationLimit;

function drill({ lastDrill, at }: Look): Problem[] {
  if (!lastDrill) return [{ id: "drill-due" }];
  if (lastDrill.verdict !== "recovered") return [{ id: "drill-failed", verdict: lastDrill.verdict }];
  return Date.parse(at) > nextDrill(lastDrill.at)
    ? [{ id: "drill-due", since: new Date(nextDrill(lastDrill.at)).toISOString() }]
    : [];
}

/** When the next drill is due, in milliseconds since the epoch. */
export const nextDrill = (last: string): number => Date.parse(last) + seconds(plan.drillEvery) * 1_000;
