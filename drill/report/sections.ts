import { gateCheckName } from "../../cli/gate/say";
import type { DrillResult, Judgement } from "../result";
import { judgedModules, part } from "./facts";
import { duration, moment, percent, timeOfDay, unbroken } from "./format";
import { markup, type Markup } from "./markup";
import { deadlinePicture, drillPicture, failoverPicture } from "./pictures";
import { strings, type Language } from "./strings";
import { marks } from "./table";
import { rpoAgainst, rtoAgainst } from "./wording";
import { eventText } from "../timeline-words";

/** What every section is made from. */
export interface Page {
  readonly result: DrillResult;
  readonly lang: Language;
  readonly bootSeconds: number | undefined;
}

/** A table whose rows become cards on a phone; the roles keep it a table for screen readers there. */
export function table(head: readonly string[], rows: readonly (readonly (string | Markup)[])[]): Markup {
  return markup`<table class="stack" role="table">
    <thead role="rowgroup"><tr role="row">${head.map((cell) => markup`<th role="columnheader" scope="col">${cell}</th>`)}</tr></thead>
    <tbody role="rowgroup">${rows.map(
      (cells) =>
        markup`<tr role="row">${cells.map((cell, i) =>
          i === 0
            ? markup`<th role="rowheader" scope="row">${cell}</th>`
            : markup`<td role="cell" data-label="${head[i]}"><span>${cell}</span></td>`,
        )}</tr>`,
    )}</tbody></table>`;
}

export const legend = (entries: readonly (readonly [tone: string, text: string])[]) =>
  markup`<ul class="legend" aria-hidden="true">${entries.map(([tone, text]) => markup`<li><i class="swatch-${tone}"></i>${text}</li>`)}</ul>`;

export const judged = (judgement: Judgement, text: string) =>
  markup`<span class="${judgement}">${marks[judgement]} ${unbroken(text)}</span>`;

/** Who missed the target, or who came closest to missing it. */
function tightest(modules: readonly { name: string; judgement: Judgement; part: number }[], lang: Language): string {
  const t = strings[lang];
  const notMet = modules.filter((m) => m.judgement !== "met");
  if (notMet.length > 0) return t.notMetBy(notMet.map((m) => m.name).join(", "));
  const closest = modules.reduce((a, b) => (b.part > a.part ? b : a));
  return t.closest(closest.name, percent(closest.part, lang));
}

/** The figures that matter, one a tile. */
export function tiles({ result, lang, bootSeconds }: Page): Markup {
  const t = strings[lang];
  const modules = judgedModules(result, bootSeconds);
  const count = (met: number, all: number) => judged(met === all ? "met" : "missed", `${met}/${all}`);
  const checks = result.gate.checks;
  const withRpo = modules.filter((m) => m.rpo !== "none");
  const tile = (name: string, figure: string | Markup, note: string, kind = "") =>
    markup`<li><span class="name">${name}</span><span class="figure ${kind}">${figure}</span><span class="small">${note}</span></li>`;
  const failover = result.failoverSeconds;
  const boot =
    bootSeconds === undefined || failover === null
      ? ""
      : `; ${duration(failover + bootSeconds, lang)} ${t.withBoot(duration(bootSeconds, lang))}`;
  return markup`<ul class="tiles">
    ${failover === null ? undefined : tile(t.failover, unbroken(duration(failover, lang)), t.failoverNote + boot)}
    ${
      modules.length === 0
        ? undefined
        : tile(
            t.rtoMet,
            count(modules.filter((m) => m.rto === "met").length, modules.length),
            tightest(
              modules.map((m) => ({ name: m.name, judgement: m.rto, part: part(m.rtoSeconds, m.rtoTargetSeconds) })),
              lang,
            ),
          )
    }
    ${
      withRpo.length === 0
        ? undefined
        : tile(
            t.rpoMet,
            count(withRpo.filter((m) => m.rpo === "met").length, withRpo.length),
            tightest(
              withRpo.map((m) => ({ name: m.name, judgement: m.rpo, part: part(m.rpoSeconds, m.rpoTargetSeconds) })),
              lang,
            ),
          )
    }
    ${checks.length === 0 ? tile(t.gate, markup`<span class="none">–</span>`, t.gateNotReached) : tile(t.gate, count(checks.filter((c) => c.ok).length, checks.length), result.gate.passedAt === null ? t.gateNotPassed : t.passed)}
    ${tile(t.dns, `${result.dns.before ?? "–"} → ${result.dns.after ?? "–"}`, result.dns.flippedAt === null ? t.dnsUntouched : t.dnsMoved(moment(result.dns.flippedAt, lang)), "address")}
  </ul>`;
}

/** The timeline of the failover as a picture. */
export function failoverSection({ result, lang }: Page): Markup {
  const t = strings[lang];
  const picture = failoverPicture(result, lang);
  return markup`<section><h2>${t.failoverPicture}</h2>${
    picture
      ? markup`<p class="note">${t.failoverPictureNote}</p>${picture}${
          result.modules.length > 0
            ? legend([
                ["dark", t.dark],
                ["up", t.answering],
              ])
            : undefined
        }`
      : markup`<p>${t.noFailover}</p>`
  }</section>`;
}

/** Each module's figures against its targets, with the evidence. */
export function modulesSection({ result, lang, bootSeconds }: Page): Markup | undefined {
  const t = strings[lang];
  if (result.modules.length === 0) return undefined;
  const boot = bootSeconds === undefined ? "" : `${t.rto} +${duration(bootSeconds, lang)}`;
  const rows = judgedModules(result, bootSeconds).map((m) => [
    m.name,
    judged(m.rto, rtoAgainst(m.rtoSeconds, m.rtoTargetSeconds, lang)),
    ...(boot ? [judged(m.realRto, rtoAgainst(m.realRtoSeconds, m.rtoTargetSeconds, lang))] : []),
    judged(m.rpo, rpoAgainst(m.rpoSeconds, m.rpoTargetSeconds, lang)),
    judged(m.restored ? "met" : "missed", m.restored ? t.yes : t.no),
    markup`<span class="evidence">${m.evidence}</span>`,
  ]);
  const head = [t.module, t.rto, ...(boot ? [boot] : []), t.rpo, t.restored, t.evidence];
  return markup`<section class="long"><h2>${t.modules}</h2>${table(head, rows)}</section>`;
}

/** RTO and RPO as shares of what is allowed. */
export function deadlinesSection({ result, lang }: Page): Markup | undefined {
  const t = strings[lang];
  const picture = deadlinePicture(result, lang);
  return (
    picture &&
    markup`<section><h2>${t.deadlinePicture}</h2><p class="note">${t.deadlinePictureNote}</p>${picture}${legend([
      ["rto", t.rto],
      ["rpo", t.rpo],
      ["never", t.judgement.missed],
    ])}</section>`
  );
}

/** Every check of the gate with what it saw. */
export function gateSection({ result, lang }: Page): Markup {
  const t = strings[lang];
  const { checks, passedAt } = result.gate;
  const summary =
    passedAt !== null ? t.gatePassedAt(moment(passedAt, lang)) : checks.length > 0 ? t.gateNotPassed : t.gateNotReached;
  const rows = checks.map((c) => [
    gateCheckName(c, lang),
    judged(c.ok ? "met" : "missed", c.ok ? t.passed : t.notPassed),
    markup`<span class="evidence">${c.evidence}</span>`,
  ]);
  return markup`<section class="long"><h2>${t.gate}</h2><p>${summary}</p>${rows.length > 0 ? table([t.check, t.result, t.evidence], rows) : undefined}</section>`;
}

/** All phases, from set-up to clean-up. */
export function drillSection({ result, lang }: Page): Markup | undefined {
  const t = strings[lang];
  const picture = drillPicture(result, lang);
  return (
    picture && markup`<section><h2>${t.drillPicture}</h2><p class="note">${t.drillPictureNote}</p>${picture}</section>`
  );
}

/** What was not real, and what that makes faster. */
export function standInsSection({ result, lang, bootSeconds }: Page): Markup {
  const t = strings[lang];
  if (result.standIns.length === 0) return markup`<section><h2>${t.standIns}</h2><p>${t.noStandIns}</p></section>`;
  const time = (seconds: number) => duration(seconds, lang);
  const failover = result.failoverSeconds;
  return markup`<div class="two">
    <section><h2>${t.standIns}</h2><p class="note">${t.standInsNote}</p><ul class="plain">${result.standIns.map((s) => markup`<li>${s}</li>`)}</ul></section>
    <section><h2>${t.faster}</h2><p class="note">${t.fasterNote}</p>
      <ul class="plain">${t.fasterItems.map((item) => markup`<li><strong>${item.what}</strong>: ${item.why}</li>`)}</ul>
      <p></p><p>${failover === null || bootSeconds === undefined ? t.bootNotAdded : t.bootAdded(time(bootSeconds), time(failover), time(failover + bootSeconds))}</p>
    </section></div>`;
}

/** The whole record, folded. */
export function eventsSection({ result, lang }: Page): Markup {
  const t = strings[lang];
  const rows = result.events.map((event) => [
    markup`<span class="time">${timeOfDay(event.at)}</span>`,
    t.phases[event.phase],
    eventText(event, lang),
  ]);
  return markup`<section class="long"><details><summary>${t.events} <span>(${t.eventsCount(rows.length)})</span></summary>${table([t.time, t.phase, t.event], rows)}</details></section>`;
}
