import { htmlDocument } from "../../drill/report/document";
import { markup, raw } from "../../drill/report/markup";
import { judged, table } from "../../drill/report/sections";
import { marks } from "../../drill/report/table";
import type { Judgement } from "../../drill/result";
import { moment } from "../clock";
import type { Language } from "../language";
import { colours } from "../table";
import type { Audit } from "./collect";
import type { Statement } from "./statement";
import { auditWords } from "./words";

/** Required statements that do not hold, or are not known. */
export const lacking = ({ statements }: Audit): readonly Statement[] =>
  statements.filter(({ required, holds }) => required && !holds);

/** As it is kept and printed: text. */
export const inLanguage = (audit: Audit, lang: Language) => ({
  sound: lacking(audit).length === 0,
  ...audit,
  statements: audit.statements.map((s) => ({ ...s, evidence: s.evidence(lang) })),
});

const judgementOf = ({ holds }: Statement): Judgement =>
  holds === undefined ? "unmeasured" : holds ? "met" : "missed";

function verdictOf(audit: Audit, lang: Language): string {
  const t = auditWords[lang];
  const missing = lacking(audit).length;
  return missing === 0 ? t.sound(audit.statements.length) : t.missing(missing);
}

const wordOf = ({ holds }: Statement, lang: Language) => {
  const t = auditWords[lang];
  return holds === undefined ? t.unknown : holds ? t.holds : t.not;
};

/** For a terminal. */
export function renderAudit(audit: Audit, lang: Language): string {
  const t = auditWords[lang];
  const c = colours();
  const paint = { met: c.green, missed: c.red, unmeasured: c.yellow, none: c.dim };
  return [
    `${c.bold(t.title)}: ${lacking(audit).length === 0 ? c.green(`✓ ${verdictOf(audit, lang)}`) : c.red(`✗ ${verdictOf(audit, lang)}`)}   ${c.dim(`${audit.domain} · ${moment(audit.at, lang)}`)}`,
    ...audit.statements.flatMap((s) => [
      `  ${paint[judgementOf(s)](`${marks[judgementOf(s)]} ${t.statements[s.id]}`)}${s.required ? "" : c.dim(` (${t.told})`)}`,
      `    ${c.dim(s.evidence(lang))}`,
    ]),
  ].join("\n");
}

export function renderAuditMarkdown(audit: Audit, lang: Language): string {
  const t = auditWords[lang];
  const cell = (text: string) => text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|~]/g, "\\$&");
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return `${[
    `# ${t.title}: ${audit.domain}`,
    `${t.at(moment(audit.at, lang))}: ${verdictOf(audit, lang)}.`,
    [
      row([t.statement, t.result, "", t.evidence]),
      "| --- | --- | --- | --- |",
      ...audit.statements.map((s) =>
        row([
          t.statements[s.id],
          `${marks[judgementOf(s)]} ${wordOf(s, lang)}`,
          s.required ? t.required : t.told,
          s.evidence(lang),
        ]),
      ),
    ].join("\n"),
  ].join("\n\n")}\n`;
}

/** One file that loads nothing and runs no script. */
export function renderAuditHtml(audit: Audit, lang: Language): string {
  const t = auditWords[lang];
  const good = lacking(audit).length === 0;
  const rows = audit.statements.map((s) => [
    t.statements[s.id],
    judged(judgementOf(s), wordOf(s, lang)),
    s.required ? t.required : t.told,
    markup`<span class="evidence">${s.evidence(lang)}</span>`,
  ]);
  return htmlDocument({
    lang,
    title: `${t.title} · ${audit.domain}`,
    more: raw(
      " tbody th { white-space: normal; min-width: 14rem; } @media (min-width: 44.01rem) { td:nth-child(2), td:nth-child(3) { white-space: nowrap; } }",
    ),
    body: markup`<body>
<header class="${good ? "recovered" : "failed"}"><div>
<p class="kicker">${t.title} · ${t.at(moment(audit.at, lang))}</p>
<h1>${audit.domain}: ${verdictOf(audit, lang)}</h1>
</div></header>
<main><section class="long"><h2>${t.title}</h2>${table([t.statement, t.result, "", t.evidence], rows)}</section></main>
</body>`,
  });
}
