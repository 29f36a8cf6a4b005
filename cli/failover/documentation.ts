import { readFile } from "node:fs/promises";
import type { FenceResult } from "../../contracts/fence";
import type { GateResult } from "../../contracts/gate";
import type { Held } from "../../contracts/ransomware";
import type { Seen } from "../../outside/probe";
import type { ServiceName } from "../../plan/model";
import { contacts } from "../../plan/organisation";
import type { FoundRestore } from "../../stacks/preflight";
import { incidentOf } from "../incident/files";
import { followUpsOf, incident, type Incident } from "../incident/record";
import { lossesOf } from "./forecast";
import type { Entry, Journal } from "./journal";
import type { Step } from "./progress";

/** What is known of a recovery by now. */
export interface Draft {
  readonly verdict: Incident["verdict"];
  readonly domain: string;
  readonly generation: number;
  readonly found: FoundRestore;
  /** The time that was asked for. */
  readonly at: string | undefined;
  readonly activatedAt: string;
  readonly entries: readonly Entry[];
  readonly events: Incident["events"];
  readonly dns: Incident["dns"];
  /** First answers through DNS; absent: nobody was asked. */
  readonly seen?: ReadonlyMap<ServiceName, Seen>;
  readonly fence?: FenceResult;
  readonly gate?: GateResult;
  readonly items?: Incident["checklist"];
}

/** The record of a recovery. */
export function incidentFrom(draft: Draft): Incident {
  const { found, activatedAt, entries, seen, gate, items = [] } = draft;
  const { set, sourceGeneration } = found;
  const activated = Date.parse(activatedAt);
  const modules = lossesOf(found, activated, draft.at).map((loss): Incident["modules"][number] => {
    const answer = seen?.get(loss.module as ServiceName);
    return {
      module: loss.module,
      rtoSeconds: answer?.at ? Math.max(0, answer.at - activated) / 1_000 : null,
      rtoTargetSeconds: loss.deadlineSeconds,
      backAsOf: loss.backAsOf ?? null,
      lostSeconds: loss.lostSeconds ?? null,
      rpoTargetSeconds: loss.rpoSeconds ?? null,
      evidence: answer?.evidence ?? "–",
    };
  });
  const facts = {
    verdict: draft.verdict,
    generation: draft.generation,
    modules,
    checklist: [...items],
    skippedSets: set.skipped.map(({ key, reason }) => ({ key, reason })),
    encrypted: found.held.map(encryptedSet),
    dns: draft.dns,
  };
  return {
    version: 1,
    domain: draft.domain,
    restoredFrom: sourceGeneration,
    reason: reasonIn(entries),
    activatedAt,
    finishedAt: new Date().toISOString(),
    manifest: set.key,
    consistentAt: set.manifest.body.consistentAt,
    targetTime: draft.at ?? null,
    decisions: [...entries],
    fence: draft.fence ?? null,
    gate: { passedAt: gate?.passed ? gate.finishedAt : null, checks: gate?.checks ?? [] },
    events: draft.events,
    contacts: contacts.map((contact) => ({ ...contact })),
    ...facts,
    followUps: followUpsOf(facts),
  };
}

const encryptedSet = ({ set, hold }: Held): Incident["encrypted"][number] => ({
  set,
  firstAt: hold?.firstAt ?? null,
  firstSet: hold?.firstSet ?? null,
  lastSet: hold?.lastSet ?? null,
  replaced: hold?.replaced ?? null,
  encrypted: hold?.encrypted ?? null,
});

/** The last reason that somebody gave. */
const reasonIn = (entries: readonly Entry[]): string | null =>
  entries.findLast(({ what, detail }) => ["activated", "resumed", "took-over"].includes(what) && detail !== "")
    ?.detail ?? null;

/** A step as the record keeps it. @param run of the recovery, from 1 @param at @default now */
export const documented = (
  { stage, subject, state }: Step,
  run: number,
  at = new Date(),
): Incident["events"][number] => ({
  at: at.toISOString(),
  run,
  stage,
  what: `${subject}: ${state}`,
});

/** When the recovery of this generation was first activated, by whichever run; of one that serves, now. */
export async function firstActivation(journal: Journal, { claim }: FoundRestore, serves: boolean): Promise<string> {
  const now = new Date().toISOString();
  if (serves) return now;
  const known = [...(claim ? [claim.claimedAt] : []), ...(await journal.entries()).map(({ at }) => at)];
  return known.reduce((first, at) => (Date.parse(at) < Date.parse(first) ? at : first), now);
}

/** What an earlier run wrote of the same recovery, if it can be read. */
export async function earlierIncident(
  folder: string,
  domain: string,
  generation: number,
): Promise<Incident | undefined> {
  const file = await incidentOf(folder, domain, generation);
  return file === undefined ? undefined : incident.safeParse(JSON.parse(await readFile(file, "utf8"))).data;
}
