import { z } from "zod";
import { fenceResult } from "../../contracts/fence";
import { gateCheck } from "../../contracts/gate";
import { checklist, type ChecklistId } from "../../plan/organisation";
import { webhookSources } from "../../plan/webhooks";
import { entrySchema } from "../failover/journal";
import { stages } from "../failover/progress";

const seconds = z.number().nonnegative();
const checklistIds = checklist.map(({ id }) => id) as [ChecklistId, ...ChecklistId[]];

/** What still has to be done before the business can go back. */
export const followUpIds = [
  /** The old site must not come back and write beside the new one. */
  "isolate-old-site",
  "open-checklist",
  "missed-objectives",
  "data-loss",
  /** What senders told the old site after the recovered point: they do not tell it again by themselves. */
  "webhooks",
  "skipped-sets",
  /** What an attacker on the old host may know, and a new generation does not renew. */
  "known-credentials",
  /** Its backups are not expired until somebody says that they are no evidence any more. */
  "held-backups",
  "escrow",
  "failback-generation",
  "drill",
] as const;

export const incidentModule = z.strictObject({
  module: z.string(),
  /** From the activation to the first answer at the new address, through DNS; null: it did not answer. */
  rtoSeconds: seconds.nullable(),
  rtoTargetSeconds: seconds,
  /** The state that came back; null: it keeps nothing. */
  backAsOf: z.iso.datetime().nullable(),
  /** From that state to the activation: at most so much was lost; null: it keeps nothing. */
  lostSeconds: seconds.nullable(),
  rpoTargetSeconds: seconds.nullable(),
  evidence: z.string(),
});
export type IncidentModule = z.infer<typeof incidentModule>;

/** The record of one recovery, over all of its runs. */
export const incident = z.strictObject({
  version: z.literal(1),
  verdict: z.enum(["recovered", "failed"]),
  domain: z.string(),
  generation: z.number().int(),
  restoredFrom: z.number().int(),
  /** Given by whoever activated it; null: none was given. */
  reason: z.string().nullable(),
  /** Second zero of the RTO: the first activation. */
  activatedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  manifest: z.string(),
  consistentAt: z.iso.datetime(),
  /** The time that was asked for; null: the newest set. */
  targetTime: z.iso.datetime().nullable(),
  skippedSets: z.array(z.strictObject({ key: z.string(), reason: z.string() })),
  /** What looks encrypted in the backups of the old site, by file set; null: not known. */
  encrypted: z
    .array(
      z.strictObject({
        set: z.string(),
        /** When the first of the files was replaced. */
        firstAt: z.iso.datetime().nullable(),
        /** The first and the last set that hold some of it, by the time of their database. */
        firstSet: z.iso.datetime().nullable(),
        lastSet: z.iso.datetime().nullable(),
        /** Files, and of them those that look encrypted. */
        replaced: z.number().int().nullable(),
        encrypted: z.number().int().nullable(),
      }),
    )
    .default([]),
  decisions: z.array(entrySchema),
  modules: z.array(incidentModule),
  /** How the old site was kept from serving and writing; null: that was not decided. */
  fence: fenceResult.nullable().default(null),
  gate: z.strictObject({ passedAt: z.iso.datetime().nullable(), checks: z.array(gateCheck) }),
  dns: z.strictObject({ before: z.string().nullable(), after: z.string().nullable() }),
  checklist: z.array(z.strictObject({ id: z.enum(checklistIds), ok: z.boolean(), evidence: z.string() })),
  /** What each run did: a recovery that is resumed has several. */
  events: z.array(
    z.strictObject({
      at: z.iso.datetime(),
      /** From 1; those before the last one were killed, stopped or failed. */
      run: z.number().int().positive().default(1),
      stage: z.enum(stages),
      what: z.string(),
    }),
  ),
  contacts: z.array(z.strictObject({ role: z.string(), name: z.string(), contact: z.string() })),
  followUps: z.array(z.strictObject({ id: z.enum(followUpIds), detail: z.string() })),
});
export type Incident = z.infer<typeof incident>;

type Facts = Pick<Incident, "verdict" | "modules" | "checklist" | "skippedSets" | "encrypted" | "generation" | "dns">;

/** What is to be done next, by what was found. */
export function followUpsOf(facts: Facts): Incident["followUps"] {
  const { verdict, modules, checklist: items, skippedSets, encrypted, generation, dns } = facts;
  const names = (of: readonly IncidentModule[]) => of.map(({ module }) => module).join(", ");
  const open = items.filter(({ ok }) => !ok).map(({ id }) => id);
  const missed = modules.filter(
    (m) =>
      m.rtoSeconds === null ||
      m.rtoSeconds > m.rtoTargetSeconds ||
      (m.lostSeconds !== null && m.rpoTargetSeconds !== null && m.lostSeconds > m.rpoTargetSeconds),
  );
  const lost = modules.filter((m) => m.lostSeconds !== null && m.lostSeconds > 0);
  const senders = webhookSources.filter(({ into }) => lost.some(({ module }) => module === into));
  const list: [Incident["followUps"][number]["id"], string | undefined][] = [
    ["isolate-old-site", dns.before ?? ""],
    ["open-checklist", open.length > 0 ? open.join(", ") : undefined],
    ["missed-objectives", missed.length > 0 ? names(missed) : undefined],
    ["data-loss", lost.length > 0 ? names(lost) : undefined],
    ["webhooks", verdict === "recovered" && senders.length > 0 ? senders.map(({ title }) => title).join(", ") : undefined],
    ["skipped-sets", skippedSets.length > 0 ? skippedSets.map(({ key }) => key).join(", ") : undefined],
    ["known-credentials", encrypted.length > 0 ? "" : undefined],
    ["held-backups", encrypted.length > 0 ? encrypted.map(({ set }) => set).join(", ") : undefined],
    ["escrow", ""],
    ["failback-generation", String(generation + 1)],
    ["drill", ""],
  ];
  return list.flatMap(([id, detail]) => (detail === undefined ? [] : [{ id, detail }]));
}
