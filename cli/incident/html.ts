import { htmlDocument } from "../../drill/report/document";
import { duration, timeOfDay, unbroken } from "../../drill/report/format";
import { markup, raw, type Markup } from "../../drill/report/markup";
import { judged, legend, table } from "../../drill/report/sections";
import { itemText } from "../checklist/words";
import { moment } from "../clock";
import type { Language } from "../language";
import { gateCheckName } from "../gate/say";
import {
  encryptedRow,
  eventText,
  judgeLoss,
  judgeRto,
  lossText,
  lastRun,
  recoverySeconds,
  rtoText,
  share,
} from "./facts";
import { timeline } from "./picture";
import type { Incident } from "./record";
import { webhookGaps, webhookRow } from "./webhooks";
import { webhookWords } from "./webhook-words";
import { incidentWords } from "./words";

/** The report as one HTML file that loads nothing from anywhere and runs no script. */
export function renderIncidentHtml(record: Incident, lang: Language): string {
  const t = incidentWords[lang];
  const elapsed = recoverySeconds(record);
  const headline =
    record.verdict === "recovered"
      ? t.headline(record.domain, elapsed === undefined ? "–" : duration(elapsed, lang).replaceAll(" ", "\u00a0"))
      : t.failedHeadline(record.domain);
  const fact = (name: string, value: string) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  return htmlDocument({
    lang,
    title: `${t.verdict[record.verdict]} · ${t.title} · ${record.domain}`,
    more: wide,
    body: markup`<body>
<header class="${record.verdict}"><div>
<p class="kicker">${t.title}</p>
<h1>${headline}</h1>
<span class="badge">${record.verdict === "recovered" ? "✓" : "✗"} ${t.verdict[record.verdict]}</span>
<dl class="facts">
${fact(t.reason, record.reason ?? t.noReason)}
${fact(t.activated, moment(record.activatedAt, lang))}
${fact(t.by, [...new Set(record.decisions.map(({ by }) => by))].join(", "))}
${fact(t.generation, t.generations(record.restoredFrom, record.generation))}
${fact(t.restored, record.manifest)}
${fact(t.restoredTo, record.targetTime === null ? `${moment(record.consistentAt, lang)} (${t.newest})` : moment(record.targetTime, lang))}
</dl>
</div></header>
<main>
${tiles(record, lang)}
<section><h2>${t.timeline}</h2><p class="note">${t.timelineNote}</p>${timeline(record, lang)}${legend(tones(record, t))}</section>
${modulesSection(record, lang)}
${encryptedSection(record, lang)}
${webhooksSection(record, lang)}
${section(t.followUps, markup`<p class="note">${t.followUpsNote}</p><ul class="plain">${record.followUps.map(({ id, detail }) => markup`<li>${t.followUp[id](detail)}</li>`)}</ul>`)}
${section(
  t.decisions,
  table(
    [t.time, t.who, t.what, t.reason],
    record.decisions.map((d) => [
      markup`<span class="time">${moment(d.at, lang)}</span>`,
      d.by,
      t.decision[d.what],
      d.detail,
    ]),
  ),
)}
${checklistSection(record, lang)}
${fenceSection(record, lang)}
${gateSection(record, lang)}
${record.skippedSets.length === 0 ? undefined : section(t.skipped, markup`<ul class="plain">${record.skippedSets.map((s) => markup`<li>${s.key}: ${s.reason}</li>`)}</ul>`)}
${section(
  t.contacts,
  table(
    [t.role, t.name, t.contact],
    record.contacts.map((c) => [c.role, c.name, c.contact]),
  ),
)}
<section class="long"><details><summary>${t.events} <span>(${record.events.length})</span></summary>${table(
      [`${t.time} (UTC)`, "", t.what],
      record.events.map((e) => [
        markup`<span class="time">${timeOfDay(e.at)}</span>`,
        e.run === lastRun(record) ? t.stage[e.stage] : `${t.stage[e.stage]}, ${t.run(e.run)}`,
        eventText(e, lang),
      ]),
    )}</details></section>
</main>
</body>`,
  });
}

/** What the picture's colours mean, of those that it has. */
function tones(record: Incident, t: (typeof incidentWords)[Language]): Parameters<typeof legend>[0] {
  const { modules } = record;
  const answered = modules.some(({ rtoSeconds }) => rtoSeconds !== null);
  const silent = modules.some(({ rtoSeconds }) => rtoSeconds === null);
  return [
    ["work", t.working],
    ...(lastRun(record) > 1 ? ([["earlier", t.workingBefore]] as const) : []),
    ...(answered
      ? ([
          ["dark", t.dark],
          ["up", t.answering],
        ] as const)
      : []),
    ...(silent ? ([["never", t.neverAnswered]] as const) : []),
  ];
}

/** Short words of a table stay on one line where there is room. */
const wide = raw(
  " @media (min-width: 44.01rem) { td .met, td .missed, td .none { white-space: nowrap; } } .alarm { background: #b00020; color: #fff; font-weight: 700; padding: .75rem 1rem; }",
);

const section = (title: string, body: Markup) => markup`<section class="long"><h2>${title}</h2>${body}</section>`;

function tiles(record: Incident, lang: Language): Markup {
  const { tiles: t } = incidentWords[lang];
  const tile = (name: string, figure: string | Markup, note = "", kind = "") =>
    markup`<li><span class="name">${name}</span><span class="figure ${kind}">${figure}</span><span class="small">${note}</span></li>`;
  const count = ({ met, all }: { met: number; all: number }) => judged(met === all ? "met" : "missed", `${met}/${all}`);
  const elapsed = recoverySeconds(record);
  const { checks } = record.gate;
  return markup`<ul class="tiles">
    ${elapsed === undefined ? undefined : tile(t.elapsed, unbroken(duration(elapsed, lang)), t.elapsedNote)}
    ${tile(t.rto, count(share(record.modules.map(judgeRto))))}
    ${tile(t.rpo, count(share(record.modules.map(judgeLoss))))}
    ${checks.length === 0 ? tile(t.gate, "–") : tile(t.gate, count({ met: checks.filter((c) => c.ok).length, all: checks.length }))}
    ${record.checklist.length === 0 ? undefined : tile(t.checklist, count({ met: record.checklist.filter((i) => i.ok).length, all: record.checklist.length }))}
    ${tile(t.dns, `${record.dns.before ?? "–"} → ${record.dns.after ?? "–"}`, "", "address")}
  </ul>`;
}

/** A moment of a narrow column: date and time each stay on one line. */
const dateAndTime = (moment: string): Markup => {
  const [date, ...time] = moment.split(", ");
  return markup`<span class="time">${date},</span> <span class="time">${time.join(", ")}</span>`;
};

function modulesSection(record: Incident, lang: Language): Markup {
  const t = incidentWords[lang];
  const rows = record.modules.map((m) => [
    m.module,
    judged(judgeRto(m), rtoText(m, lang)),
    judged(judgeLoss(m), lossText(m, lang)),
    m.backAsOf === null ? "–" : dateAndTime(moment(m.backAsOf, lang)),
    markup`<span class="evidence">${m.evidence}</span>`,
  ]);
  return section(
    t.modules,
    markup`<p class="note">${t.lostNote}</p>${table([t.module, t.rtoMeasured, t.lost, t.window, t.evidence], rows)}`,
  );
}

function encryptedSection({ encrypted }: Incident, lang: Language): Markup | undefined {
  const t = incidentWords[lang];
  if (encrypted.length === 0) return undefined;
  const rows = encrypted.map((e) => encryptedRow(e, lang, (iso) => moment(iso, lang)));
  return section(t.encrypted, markup`<p class="note">${t.encryptedNote}</p>${table([...t.encryptedHead], rows)}`);
}

function webhooksSection(record: Incident, lang: Language): Markup | undefined {
  const gaps = webhookGaps(record);
  if (gaps.length === 0) return undefined;
  const t = webhookWords[lang];
  const rows = gaps.map((gap) =>
    webhookRow(gap, lang, (iso) => moment(iso, lang)).map((cell, i) => (i < 2 ? cell : markup`<span class="evidence">${cell}</span>`)),
  );
  return section(t.title, markup`<p class="note">${t.note}</p>${table([...t.head], rows)}`);
}

function checklistSection(record: Incident, lang: Language): Markup | undefined {
  const t = incidentWords[lang];
  if (record.checklist.length === 0) return undefined;
  const rows = record.checklist.map(({ id, ok, evidence }) => [
    itemText(id, lang),
    judged(ok ? "met" : "missed", ok ? t.holds : t.holdsNot),
    markup`<span class="evidence">${evidence}</span>`,
  ]);
  return section(t.checklist, table([t.item, t.result, t.evidence], rows));
}

function fenceSection({ fence }: Incident, lang: Language): Markup | undefined {
  const t = incidentWords[lang];
  if (fence === null) return undefined;
  const rows = fence.attempts.map(({ way, outcome, detail }) => [
    t.way[way],
    outcome === "skipped" ? t.outcome[outcome] : judged(outcome === "done" ? "met" : "missed", t.outcome[outcome]),
    markup`<span class="evidence">${detail}</span>`,
  ]);
  const { accepted } = fence;
  return section(
    t.fence,
    markup`<p>${t.fenceVerdict[fence.verdict](duration(fence.seconds, lang))}</p>${accepted ? markup`<p class="alarm">${t.fenceAccepted(accepted.reason, accepted.risks.join("; "))}</p>` : undefined}${table([t.what, t.result, t.evidence], rows)}`,
  );
}

function gateSection(record: Incident, lang: Language): Markup {
  const t = incidentWords[lang];
  const { checks, passedAt } = record.gate;
  const rows = checks.map((c) => [
    gateCheckName(c, lang),
    judged(c.ok ? "met" : "missed", c.ok ? t.passed : t.notPassed),
    markup`<span class="evidence">${c.evidence}</span>`,
  ]);
  return section(
    t.gate,
    markup`<p>${passedAt === null ? t.gateNot : t.gatePassed(moment(passedAt, lang))}</p>${rows.length > 0 ? table([t.check, t.result, t.evidence], rows) : undefined}`,
  );
}
