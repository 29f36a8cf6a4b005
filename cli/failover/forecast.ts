import { duration } from "../../drill/report/format";
import { effectiveDeadline } from "../../plan/graph";
import { plan } from "../../plan/plan";
import type { StackConfig } from "../../stacks/config";
import type { FoundRestore } from "../../stacks/preflight";
import { freshness } from "../backups";
import { moment } from "../clock";
import type { Language } from "../language";
import { colours, plainTable } from "../table";
import { failoverWords } from "./words";

/** What a module loses by this recovery, and by when it is to serve. */
export interface Loss {
  readonly module: string;
  /** The state that comes back, ISO 8601; undefined: it keeps nothing. */
  readonly backAsOf?: string;
  /** Seconds from that state to the moment of the activation: at most so much is lost. */
  readonly lostSeconds?: number;
  readonly rpoSeconds?: number;
  readonly deadlineSeconds: number;
}

/** @param now milliseconds since the epoch @param at the time that is restored to, when one was asked for */
export function lossesOf({ set }: FoundRestore, now: number, at: string | undefined): Loss[] {
  const known = freshness(set.manifest.body, now);
  return plan.services.map(({ name }) => {
    const deadlineSeconds = effectiveDeadline(plan, name);
    const found = known.find(({ module }) => module === name);
    if (!found?.newestRestorableAt) return { module: name, deadlineSeconds };
    // PostgreSQL is rolled forward to the time itself; file sets are those of the set before it.
    const onlyDatabase = plan.services
      .find((s) => s.name === name)!
      .backup.every(({ kind }) => kind === "database" || kind === "cluster");
    const backAsOf = at !== undefined && onlyDatabase ? at : found.newestRestorableAt;
    return {
      module: name,
      backAsOf,
      lostSeconds: Math.max(0, now - Date.parse(backAsOf)) / 1_000,
      rpoSeconds: found.rpoTargetSeconds,
      deadlineSeconds,
    };
  });
}

/** What will happen, and what it costs in data. */
export function renderForecast(
  { site }: StackConfig,
  found: FoundRestore,
  losses: readonly Loss[],
  at: string | undefined,
  lang: Language,
): string {
  const t = failoverWords[lang];
  const c = colours();
  const steps = [
    (site.host.kind === "hetzner" ? t.steps.server : t.steps.existing)(site.domain, site.generation),
    at === undefined
      ? t.steps.restore(found.sourceGeneration, moment(found.set.manifest.body.consistentAt, lang))
      : t.steps.restoreTo(found.sourceGeneration, moment(at, lang)),
    t.steps.fence(found.sourceGeneration),
    t.steps.gate,
    t.steps.dns(duration(site.dns.ttl, lang)),
    t.steps.writes(site.generation),
  ];
  const lost = ({ lostSeconds, rpoSeconds }: Loss) => {
    if (lostSeconds === undefined || rpoSeconds === undefined) return c.dim(t.nothingToLose);
    const met = lostSeconds <= rpoSeconds;
    const text = t.lostOf(duration(lostSeconds, lang), duration(rpoSeconds, lang));
    return met ? c.green(`✓ ${text}`) : c.red(`✗ ${text}`);
  };
  return [
    c.bold(t.will),
    ...steps.map((step, i) => `  ${i + 1}. ${step}`),
    "",
    c.bold(t.cost),
    plainTable(
      [t.head.module, t.head.back, t.head.lost, t.head.deadline],
      losses.map((l) => [
        l.module,
        l.backAsOf ? moment(l.backAsOf, lang) : "–",
        lost(l),
        duration(l.deadlineSeconds, lang),
      ]),
    ),
  ].join("\n");
}
