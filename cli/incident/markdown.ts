import { duration } from "../../drill/report/format";
import { list, table } from "../../drill/report/markdown-text";
import { marks } from "../../drill/report/table";
import { itemText } from "../checklist/words";
import { moment } from "../clock";
import type { Language } from "../language";
import { gateCheckName } from "../gate/say";
import { encryptedRow, judgeLoss, judgeRto, lossText, recoverySeconds, rtoText } from "./facts";
import type { Incident } from "./record";
import { webhookGaps, webhookRow } from "./webhooks";
import { webhookWords } from "./webhook-words";
import { incidentWords } from "./words";

/** The report for an issue or a wiki: GitHub's Markdown. */
export function renderIncidentMarkdown(record: Incident, lang: Language): string {
  const t = incidentWords[lang];
  const elapsed = recoverySeconds(record);
  const when = (iso: string) => moment(iso, lang);
  const mark = (ok: boolean) => (ok ? `${marks.met} ${t.passed}` : `${marks.missed} ${t.notPassed}`);
  const gaps = webhookGaps(record);
  const section = (title: string, ...body: string[]) => [`## ${title}`, ...body];
  return `${[
    `# ${t.title}: ${t.verdict[record.verdict]}`,
    record.verdict === "recovered" && elapsed !== undefined
      ? t.headline(record.domain, duration(elapsed, lang))
      : t.failedHeadline(record.domain),
    list([
      `${t.reason}: ${record.reason ?? t.noReason}`,
      `${t.activated}: ${when(record.activatedAt)}`,
      `${t.generation}: ${t.generations(record.restoredFrom, record.generation)}`,
      `${t.restored}: ${record.manifest}`,
      `${t.restoredTo}: ${record.targetTime === null ? `${when(record.consistentAt)} (${t.newest})` : when(record.targetTime)}`,
      `DNS: ${record.dns.before ?? "–"} → ${record.dns.after ?? "–"}`,
    ]),
    ...section(
      t.modules,
      t.lostNote,
      table(
        [t.module, t.rtoMeasured, t.lost, t.window, t.evidence],
        record.modules.map((m) => [
          m.module,
          `${marks[judgeRto(m)]} ${rtoText(m, lang)}`,
          `${marks[judgeLoss(m)]} ${lossText(m, lang)}`,
          m.backAsOf === null ? "–" : when(m.backAsOf),
          m.evidence,
        ]),
      ),
    ),
    ...(record.encrypted.length === 0
      ? []
      : section(
          t.encrypted,
          t.encryptedNote,
          table(t.encryptedHead, record.encrypted.map((e) => encryptedRow(e, lang, when))),
        )),
    ...(gaps.length === 0
      ? []
      : section(
          webhookWords[lang].title,
          webhookWords[lang].note,
          table(
            webhookWords[lang].head,
            gaps.map((gap) => webhookRow(gap, lang, when)),
          ),
        )),
    ...section(t.followUps, t.followUpsNote, list(record.followUps.map(({ id, detail }) => t.followUp[id](detail)))),
    ...section(
      t.decisions,
      table(
        [t.time, t.who, t.what, t.reason],
        record.decisions.map((d) => [when(d.at), d.by, t.decision[d.what], d.detail]),
      ),
    ),
    ...(record.checklist.length === 0
      ? []
      : section(
          t.checklist,
          table(
            [t.item, t.result, t.evidence],
            record.checklist.map((i) => [
              itemText(i.id, lang),
              i.ok ? `${marks.met} ${t.holds}` : `${marks.missed} ${t.holdsNot}`,
              i.evidence,
            ]),
          ),
        )),
    ...(record.fence === null
      ? []
      : section(
          t.fence,
          t.fenceVerdict[record.fence.verdict](duration(record.fence.seconds, lang)),
          ...(record.fence.accepted
            ? [`> 🔴 **${t.fenceAccepted(record.fence.accepted.reason, record.fence.accepted.risks.join("; "))}**`]
            : []),
          table(
            [t.what, t.result, t.evidence],
            record.fence.attempts.map((a) => [t.way[a.way], t.outcome[a.outcome], a.detail]),
          ),
        )),
    ...section(
      t.gate,
      record.gate.passedAt === null ? t.gateNot : t.gatePassed(when(record.gate.passedAt)),
      ...(record.gate.checks.length === 0
        ? []
        : [
            table(
              [t.check, t.result, t.evidence],
              record.gate.checks.map((c) => [gateCheckName(c, lang), mark(c.ok), c.evidence]),
            ),
          ]),
    ),
    ...(record.skippedSets.length === 0
      ? []
      : section(t.skipped, list(record.skippedSets.map((s) => `${s.key}: ${s.reason}`)))),
    ...section(
      t.contacts,
      table(
        [t.role, t.name, t.contact],
        record.contacts.map((c) => [c.role, c.name, c.contact]),
      ),
    ),
  ].join("\n\n")}\n`;
}
