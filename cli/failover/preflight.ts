import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { z } from "zod";
import { cleanTime } from "../../contracts/ransomware";
import { bytes, duration } from "../../drill/report/format";
import { hasServed, operatorName, withStore } from "../../stacks/backup-store";
import { ConfigError, readConfig, type StackConfig } from "../../stacks/config";
import { findRestore, PreflightError, type FoundRestore } from "../../stacks/preflight";
import { moment } from "../clock";
import type { ClearConfig, StackEngine } from "../engine";
import type { Language } from "../language";
import type { Held, Journal } from "./journal";
import { failoverWords } from "./words";

type Words = (typeof failoverWords)["en"];

/** One thing that must hold before anything is ordered. */
export interface Check {
  readonly id: keyof Words["check"];
  readonly ok: boolean;
  /** What was found; when it does not hold, with cause and fix. */
  readonly said: string;
}

/** What the preflight found; complete only when every check holds. */
export interface Preflight {
  readonly checks: readonly Check[];
  readonly config?: StackConfig;
  readonly found?: FoundRestore;
  /** This generation has finished a backup cycle: it was recovered before. */
  readonly serves: boolean;
  /** A run on this machine that was killed, and whose engine goes on. */
  readonly orphan?: Held;
}

export interface PreflightArgs {
  readonly engine: StackEngine;
  readonly clear: ClearConfig;
  readonly asked: Asked;
  readonly takeOver: boolean;
  readonly journal: Journal;
  readonly lang: Language;
}

/** What was asked for by options instead of in the settings file. */
export interface Asked {
  /** The time to restore to. */
  readonly at?: string | undefined;
  /** Why a site that could not be fenced off is accepted. */
  readonly acceptSplitBrain?: string | undefined;
  /** The generation that takes over from a site that still serves. */
  readonly switchover?: number | undefined;
}

/** What the engine must be told beside the settings file, by the keys where the program reads it. */
export const extraConfig = (clear: ClearConfig, { at, acceptSplitBrain, switchover }: Asked): Record<string, string> =>
  Object.fromEntries(
    Object.entries({
      "recovery:targetTime": at,
      "recovery:acceptSplitBrain": acceptSplitBrain,
      "recovery:switchover": switchover === undefined ? undefined : String(switchover),
    }).flatMap(([key, value]) => (value === undefined || clear.values[key] === value ? [] : [[key, value]])),
  );

/** Looks at everything that can be looked at without ordering anything, and changes nothing. */
export async function examine(args: PreflightArgs): Promise<Preflight> {
  const { engine, clear, lang, journal } = args;
  const t = failoverWords[lang];
  let config: StackConfig;
  try {
    setAllConfig({ ...clear.values, ...extraConfig(clear, args.asked) }, [...clear.secretKeys]);
    config = readConfig(engine.stack as "primary" | "recovery");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { checks: error.told.map((told) => ({ id: "settings", ok: false, said: told(lang) })), serves: false };
  }
  const settings: Check[] = [
    { id: "settings", ok: true, said: t.checkSaid.settings(engine.stack, engine.configFile) },
    { id: "plan", ok: true, said: t.checkSaid.plan },
  ];

  const [machine, state] = await Promise.all([machineCheck(journal, lang), stateCheck(engine, config, lang)]);
  let found: FoundRestore;
  try {
    found = await findRestore(config, config.site.host.kind === "hetzner" ? config.site.host.volume : undefined);
  } catch (error) {
    if (!(error instanceof PreflightError)) throw error;
    const problems = error.told.map((told): Check => ({ id: "backups", ok: false, said: told(lang) }));
    return { checks: [...settings, ...problems, ...state, machine.check], config, serves: false };
  }
  const serves = found.claim !== undefined && (await everServed(config));
  const { set } = found;
  const [newest] = set.skipped;
  const skipped = newest ? t.checkSaid.skipped(set.skipped.length, newest.reason) : "";
  const sets = [...new Set(found.held.map((held) => held.set))].join(", ");
  const encrypted = sets === "" ? "" : t.checkSaid.held(sets, cleanTime(found.held));
  const size = bytes(set.manifest.body.postgres.databaseBytes, lang);
  return {
    checks: [
      ...settings,
      { id: "backups", ok: true, said: t.checkSaid.backups(set.key, size) + skipped + encrypted },
      claimCheck(found, config.site.generation, serves, args),
      ...state,
      machine.check,
    ],
    config,
    found,
    serves,
    ...(machine.orphan ? { orphan: machine.orphan } : {}),
  };
}

/** A recovery orders a host for each generation: a state that holds another's would have it replaced. */
async function stateCheck(engine: StackEngine, { site }: StackConfig, lang: Language): Promise<Check[]> {
  if (site.host.kind !== "hetzner") return [];
  const t = failoverWords[lang].checkSaid;
  const held = z.object({ generation: z.number() }).safeParse(await engine.outputs()).data?.generation;
  if (held === undefined || held === site.generation) return [{ id: "state", ok: true, said: t.stateOwn }];
  return [{ id: "state", ok: false, said: t.stateOther(engine.stack, held, site.generation) }];
}

async function machineCheck(journal: Journal, lang: Language): Promise<{ check: Check; orphan?: Held }> {
  const t = failoverWords[lang];
  const held = await journal.held();
  if (!held) return { check: { id: "machine", ok: true, said: t.checkSaid.machineFree } };
  const { operator, since, smarter } = held.holder;
  return held.alive === "smarter"
    ? { check: { id: "machine", ok: false, said: t.held.byMachine(operator, moment(since, lang), smarter.pid) } }
    : { check: { id: "machine", ok: true, said: t.checkSaid.machineOrphan(moment(since, lang)) }, orphan: held };
}

function claimCheck(
  { claim }: FoundRestore,
  generation: number,
  serves: boolean,
  { lang, takeOver }: PreflightArgs,
): Check {
  const t = failoverWords[lang];
  if (!claim) return { id: "claim", ok: true, said: t.checkSaid.claimFree(generation) };
  const since = `${moment(claim.claimedAt, lang)}, ${duration(Math.max(0, Date.now() - Date.parse(claim.claimedAt)) / 1_000, lang)}`;
  if (serves) return { id: "claim", ok: true, said: t.checkSaid.claimServes(claim.generation) };
  const mine = claim.claimedBy === undefined || claim.claimedBy === operatorName();
  if (mine) return { id: "claim", ok: true, said: t.checkSaid.claimMine(since) };
  return takeOver
    ? { id: "claim", ok: true, said: t.checkSaid.claimTakenOver(claim.claimedBy!, since) }
    : { id: "claim", ok: false, said: t.held.byClaim(claim.generation, claim.claimedBy!, since) };
}

const everServed = ({ aws, site }: StackConfig): Promise<boolean> =>
  withStore(aws, (s3) => hasServed(s3, site.backups.bucket, site.generation));

/** The program's own preview: it asks Hetzner and Cloudflare too. */
export async function previewCheck(
  engine: StackEngine,
  extra: Readonly<Record<string, string>>,
  lang: Language,
  signal: AbortSignal,
): Promise<Check> {
  const { exitCode, stdout, stderr } = await engine.preview(extra, signal);
  return exitCode === 0
    ? { id: "program", ok: true, said: failoverWords[lang].checkSaid.program }
    : { id: "program", ok: false, said: causeIn(`${stdout}\n${stderr}`) };
}

/** The lines of the engine's output that name a cause. */
function causeIn(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const named = lines.filter((line) => /^(- |error: |preflight: )/.test(line));
  return (named.length > 0 ? named : lines.filter(Boolean).slice(-5)).join("\n");
}
