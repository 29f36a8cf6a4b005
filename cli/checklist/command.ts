import type { Run, StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import type { Language } from "../language";
import { colours } from "../table";
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

/** `smarter checklist` */
export const run: Run<StackOptions & { json?: boolean; watch?: boolean; report: string }> = (context, options) => {
  const { lang } = context;
  return lookOrWatch({
    context,
    ...options,
    watching: checklistWords[lang].watching,
    look: async () => {
      const { items } = await checkAll(options, options.report);
      const complete = items.every(({ ok }) => ok);
      return {
        text: renderChecklist(items, lang),
        json: { complete, items: inLanguage(items, lang) },
        exitCode: complete ? exitCodes.ok : exitCodes.degraded,
        done: complete,
      };
    },
  });
};
