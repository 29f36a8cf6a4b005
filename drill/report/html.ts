import { htmlDocument } from "./document";
import type { DrillResult } from "../result";
import { lastEvent } from "./facts";
import { bytes, duration, moment } from "./format";
import { markup } from "./markup";
import type { ReportOptions } from "./options";
import {
  deadlinesSection,
  drillSection,
  eventsSection,
  failoverSection,
  gateSection,
  modulesSection,
  standInsSection,
  tiles,
  type Page,
} from "./sections";
import { strings } from "./strings";

/** The report as one HTML file that loads nothing from anywhere and runs no script. */
export function renderHtml(result: DrillResult, options: ReportOptions = {}): string {
  const { lang = "en", bootSeconds } = options;
  const t = strings[lang];
  const page: Page = { result, lang, bootSeconds };
  const headline = t.headline[result.verdict](duration(result.failoverSeconds ?? 0, lang));
  const fact = (name: string, value: string) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const stumbled = t.last(lastEvent(result, lang));
  return htmlDocument({
    lang,
    title: `${t.verdict[result.verdict]} · ${t.title} · ${moment(result.startedAt, lang)}`,
    body: markup`<body>
<header class="${result.verdict}"><div>
<p class="kicker">${t.title}</p>
<h1>${headline}</h1>
${result.verdict === "recovered" ? undefined : markup`<p>${stumbled}</p>`}
<span class="badge">${result.verdict === "recovered" ? "✓" : "✗"} ${t.verdict[result.verdict]}</span>
<dl class="facts">
${fact(t.scenario, t.scenarios[result.scenario])}
${fact(t.started, moment(result.startedAt, lang))}
${result.databaseBytes === null ? undefined : fact(t.database, bytes(result.databaseBytes, lang))}
${fact(t.engine, `Pulumi ${result.engine.pulumi}`)}
${fact(t.languageHost, result.engine.languageHost)}
</dl>
</div></header>
<main>
${tiles(page)}
${failoverSection(page)}
${modulesSection(page)}
${deadlinesSection(page)}
${gateSection(page)}
${drillSection(page)}
${standInsSection(page)}
${eventsSection(page)}
</main>
</body>`,
  });
}
