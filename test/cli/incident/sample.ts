import { tellFence } from "../../../fence/words";
import { followUpsOf, type Incident } from "../../../cli/incident/record";
import { checklist, contacts } from "../../../plan/organisation";
import { plan } from "../../../plan/plan";
import { effectiveDeadline, effectiveRpo } from "../../../plan/graph";

const at = (second: number) => new Date(Date.parse("2026-11-24T03:00:00.000Z") + second * 1_000).toISOString();

const facts = {
  verdict: "recovered" as const,
  generation: 2,
  dns: { before: "203.0.113.7", after: "198.51.100.9" },
  skippedSets: [
    { key: "g1/manifests/2026-11-24T025930000Z.json", reason: "its signature does not hold <filesCipher>" },
  ],
  encrypted: [
    { set: "odoo", firstAt: at(-300), firstSet: at(-280), lastSet: at(-40), replaced: 214, encrypted: 199 },
    { set: "chatwoot", firstAt: null, firstSet: null, lastSet: null, replaced: null, encrypted: null },
  ],
  modules: plan.services.map(({ name }, i) => ({
    module: name,
    rtoSeconds: 70 + i,
    rtoTargetSeconds: effectiveDeadline(plan, name),
    backAsOf: name === "redis" ? null : at(-25),
    lostSeconds: name === "redis" ? null : 25,
    rpoTargetSeconds: effectiveRpo(plan, name) ?? null,
    evidence: `https://${name}.smarter.test/health at 198.51.100.9: HTTP 200`,
  })),
  checklist: checklist.map(({ id }) => ({ id, ok: id !== "shopify-webhooks", evidence: `evidence of ${id}` })),
};

/** A recovery that was killed, taken over and ended well. */
export const recovered: Incident = {
  version: 1,
  domain: "smarter.test",
  restoredFrom: 1,
  reason: "the VPS <script>alert(1)</script> is gone",
  activatedAt: at(0),
  finishedAt: at(95),
  manifest: "g1/manifests/2026-11-24T025900000Z.json",
  consistentAt: at(-25),
  targetTime: null,
  decisions: [
    { at: at(0), by: "ana@laptop", what: "activated", detail: "the VPS is gone" },
    { at: at(30), by: "bob@tower", what: "took-over", detail: "" },
    { at: at(90), by: "bob@tower", what: "recovered", detail: "198.51.100.9" },
  ],
  fence: {
    verdict: "split-brain",
    decidedAt: at(9),
    seconds: 7.1,
    attempts: [
      { way: "ssh", outcome: "failed", detail: "connect ETIMEDOUT 203.0.113.7:22", seconds: 6 },
      {
        way: "hostinger",
        outcome: "skipped",
        detail: tellFence("notConfigured").text,
        told: tellFence("notConfigured").told,
        seconds: 0,
      },
      { way: "writer-keys", outcome: "done", detail: "off: backup-writer-g1-abc (AKIA)", seconds: 1 },
    ],
    answeredBefore: [{ address: "203.0.113.7", port: "https" }],
    answeredAfter: [{ address: "203.0.113.7", port: "https" }],
    accepted: { reason: "the owner <b>said so</b>", risks: ["it still serves at 203.0.113.7 (https)"] },
  },
  gate: { passedAt: at(60), checks: [{ name: "tenant 76192083-9 row", ok: true, evidence: "its row is there" }] },
  events: [
    { at: at(2), run: 1, stage: "host", what: "server: working" },
    { at: at(12), run: 1, stage: "host", what: "server: done" },
    { at: at(13), run: 1, stage: "modules", what: "postgres: working" },
    { at: at(55), run: 1, stage: "modules", what: "gateway: done" },
    { at: at(56), run: 1, stage: "gate", what: "gate: working" },
    { at: at(60), run: 1, stage: "gate", what: "gate: done" },
    { at: at(61), run: 1, stage: "dns", what: "dns-from-outside: working" },
    { at: at(64), run: 1, stage: "dns", what: "dns-from-outside: done" },
  ],
  contacts: contacts.map((c) => ({ ...c })),
  ...facts,
  followUps: followUpsOf(facts),
};

/** The same over three runs: the first was killed in a restore, the second failed at a service. */
export const resumed: Incident = {
  ...recovered,
  events: [
    { at: at(2), run: 1, stage: "host", what: "server: working" },
    { at: at(12), run: 1, stage: "host", what: "server: done" },
    { at: at(13), run: 1, stage: "modules", what: "restore-wave-1: working" },
    { at: at(14), run: 1, stage: "fence", what: "fence: done" },
    { at: at(30), run: 2, stage: "modules", what: "postgres: working" },
    { at: at(35), run: 2, stage: "modules", what: "postgres: failed" },
    { at: at(40), run: 3, stage: "modules", what: "postgres: working" },
    ...recovered.events.filter((e) => e.at >= at(55)).map((e) => ({ ...e, run: 3 })),
  ],
};

/** One whose gate refused. */
export const failed: Incident = {
  ...recovered,
  verdict: "failed",
  fence: null,
  gate: { passedAt: null, checks: [] },
  dns: { before: "203.0.113.7", after: "203.0.113.7" },
  modules: recovered.modules.map((m) => ({ ...m, rtoSeconds: null, evidence: "it was not asked" })),
  checklist: [],
  skippedSets: [],
  followUps: followUpsOf({ ...facts, verdict: "failed", checklist: [], skippedSets: [] }),
};
