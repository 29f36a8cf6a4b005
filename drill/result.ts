import { z } from "zod";
import { told } from "../contracts/told";

/** What a drill goes through, in this order; one that is refused or fails stops early. */
export const drillPhases = [
  /** The local cloud, the engine and the plugins come up. */
  "setup",
  /** `pulumi up --stack primary`. */
  "primary",
  /** Tenants, catalogues, conversations, workflows and files are written. */
  "seed",
  /** The agents finish a backup cycle that holds the seed. */
  "backup",
  /** Numbered writes through every service, acknowledged ones noted. */
  "load",
  /** The primary is destroyed: the first event of this phase is second zero of the failover. */
  "loss",
  /** `pulumi up --stack recovery`: preflight, host, restores, services. */
  "recovery",
  /** Everything that must hold before DNS moves. */
  "gate",
  /** The records are taken over. */
  "dns",
  /** Probes from outside, and the last acknowledged write against the last restored one. */
  "verify",
  /** Everything that the drill started is stopped. */
  "cleanup",
] as const;
export type DrillPhase = (typeof drillPhases)[number];

export const drillEvent = z.strictObject({
  /** Wall-clock time, ISO 8601 UTC. */
  at: z.iso.datetime(),
  phase: z.enum(drillPhases),
  /** In English, or as another program said it. */
  what: z.string(),
  /** The same as data (timeline-words.ts). */
  told: told.optional(),
});
export type DrillEvent = z.infer<typeof drillEvent>;

/** The business moves to another provider, or back. */
export const failoverScenarios = ["vps-down", "partitioned-primary", "ransomware", "failback"] as const;
/** Disasters that are mended on the host that lives. */
export const livingScenarios = [
  "postgres-corrupt",
  "sql-injection",
  "file-loss",
  "networks-broken",
  "vault-compromised",
] as const;
/** What a drill can lose. */
export const scenarioNames = [...failoverScenarios, ...livingScenarios] as const;
export type ScenarioName = (typeof scenarioNames)[number];

const seconds = z.number().nonnegative();

export const drillModule = z.strictObject({
  name: z.string(),
  /** From the loss to the first answer through DNS and HTTPS; null: it never answered. */
  rtoSeconds: seconds.nullable(),
  rtoTargetSeconds: seconds,
  /** Age, at the loss, of the newest acknowledged write that did not come back; 0: all came back; null: not measured. */
  rpoSeconds: seconds.nullable(),
  /** Null: the plan asks for none. */
  rpoTargetSeconds: seconds.nullable(),
  /** Its data are there: everything up to the restore point was found again. */
  restored: z.boolean(),
  /** What was looked at and what was seen. */
  evidence: z.string(),
});
export type DrillModule = z.infer<typeof drillModule>;

const fields = z.strictObject({
  /** recovered: all of it, proved. refused: stopped before anything was provisioned. failed: anything else. */
  verdict: z.enum(["recovered", "refused", "failed"]),
  scenario: z.enum(scenarioNames),
  startedAt: z.iso.datetime(),
  /** From the loss to the last module answering through DNS; null: some module never did. */
  failoverSeconds: seconds.nullable(),
  /** Size of the primary's databases when it was lost; null: the drill did not come that far. */
  databaseBytes: z.number().int().nonnegative().nullable(),
  events: z.array(drillEvent),
  modules: z.array(drillModule),
  gate: z.strictObject({
    /** Null: it did not pass, or was not reached. */
    passedAt: z.iso.datetime().nullable(),
    checks: z.array(z.strictObject({ name: z.string(), ok: z.boolean(), evidence: z.string() })),
  }),
  dns: z.strictObject({
    /** When the new address was first answered; null: DNS was not moved. */
    flippedAt: z.iso.datetime().nullable(),
    /** Address answered before the loss, and at the end; null: not asked, or no answer. */
    before: z.string().nullable(),
    after: z.string().nullable(),
  }),
  engine: z.strictObject({ pulumi: z.string(), languageHost: z.string() }),
  /** What was not the real thing, a sentence each. */
  standIns: z.array(z.string()),
});

/** What a `recovered` needs and this result lacks. */
function contradictions(result: z.infer<typeof fields>): string[] {
  if (result.verdict !== "recovered") return [];
  return [
    ...(result.failoverSeconds === null ? ["failoverSeconds is null"] : []),
    ...(result.modules.length === 0 ? ["modules is empty"] : []),
    ...(result.gate.passedAt === null ? ["gate.passedAt is null"] : []),
    ...(failoverScenarios.some((name) => name === result.scenario) && result.dns.flippedAt === null
      ? ["dns.flippedAt is null"]
      : []),
    ...result.gate.checks.filter((check) => !check.ok).map((check) => `gate check ${check.name} is not ok`),
    ...result.modules.filter((m) => m.rtoSeconds === null).map((m) => `module ${m.name} never answered`),
    ...result.modules.filter((m) => !m.restored).map((m) => `module ${m.name} is not restored`),
  ];
}

/**
 * A drill's record, as `npm run drill -- --json FILE` writes it. Strict: an unknown field is an error, and so is a
 * `recovered` that the rest of the record contradicts.
 */
export const drillResult = fields.superRefine((result, context) => {
  for (const contradiction of contradictions(result)) {
    context.addIssue({ code: "custom", path: ["verdict"], message: `received "recovered", but ${contradiction}` });
  }
});
export type DrillResult = z.infer<typeof drillResult>;
export type DrillVerdict = DrillResult["verdict"];

/** A measured time against its target. `none`: there is no target; `unmeasured`: there is no figure. */
export type Judgement = "met" | "missed" | "unmeasured" | "none";

/** @param measured Seconds, null when there is no measurement. @param target Seconds, null when nothing is asked. */
export function judge(measured: number | null, target: number | null): Judgement {
  if (target === null) return "none";
  if (measured === null) return "unmeasured";
  return measured <= target ? "met" : "missed";
}

/** An RTO against its target: a module that never answered has missed it. */
export function judgeRto(module: DrillModule): Judgement {
  return module.rtoSeconds === null ? "missed" : judge(module.rtoSeconds, module.rtoTargetSeconds);
}
