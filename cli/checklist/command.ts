import type { Run, StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import type { Language } from "../language";
import { colours } from "../table";
import { moment } from "../clock";
import type { Incident } from "../incident/record";
import { incidentWords } from "../incident/words";
import { webhookWords } from "../incident/webhook-words";
import { gapAsJson, webhookGaps, webhookRow } from "../incident/webhooks";
import { lookOrWatch } from "../watch";
import { checkAll } from "./check";
import { inLanguage, type Item } from "./evaluate";
import { checklistWords, itemText } from "./words";

/** The checklist for a terminal. */
export function renderChecklist(items: readonly Item[], lang: Language): string {
  const t = checklistWords[lang];
  const c = colours();
  const open = items.filter(({ ok }) => !ok).length;
  const verdict = open === 0 ? c.green(`✓ ${t.complete(items.length)}`) : c.red(`✗ ${t.open(open, items.length)}`);
  return [
    `${c.bold(t.title)}: ${verdict}`,
    ...items.flatMap(({ id, ok, evidence }) => [
      `  ${ok ? c.green("✓") : c.red("✗")} ${itemText(id, lang)}`,
      `    ${c.dim(evidence(lang))}`,
    ]),
  ].join("\n");
}

/** What the incident's record leaves to people, with the gap of each sender of webhooks; for a terminal. */
export function renderFollowUps(record: Incident, lang: Language): string {
  const t = incidentWords[lang];
  const c = colours();
  const { title, head } = webhookWords[lang];
  const gaps = webhookGaps(record).map((gap) => webhookRow(gap, lang, (iso) => moment(iso, lang)));
  return [
    c.bold(t.followUps),
    ...record.followUps.map(({ id, detail }) => `  - ${t.followUp[id](detail)}`),
    ...(gaps.length > 0 ? [c.bold(title)] : []),
    ...gaps.flatMap(([sender, ...cells]) => [`  ${sender}`, ...cells.map((cell, i) => `    ${head[i + 1]}: ${cell}`)]),
  ].join("\n");
}

/** `smarter checklist` */
export const run: Run<StackOptions & { json?: boolean; watch?: boolean; report: string }> = (context, options) => {
  const { lang } = context;
  return lookOrWatch({
    context,
    ...options,
    watching: checklistWords[lang].watching,
    look: async () => {
      const { items, record } = await checkAll(options, options.report);
      const complete = items.every(({ ok }) => ok);
      return {
        text: [renderChecklist(items, lang), ...(record ? [renderFollowUps(record, lang)] : [])].join("\n\n"),
        json: {
          complete,
          items: inLanguage(items, lang),
          followUps: record?.followUps ?? [],
          webhooks: record ? webhookGaps(record).map(gapAsJson) : [],
        },
        exitCode: complete ? exitCodes.ok : exitCodes.degraded,
        done: complete,
      };
    },
  });
};
