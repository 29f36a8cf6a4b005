import { setTimeout } from "node:timers/promises";
import type { Run, StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import type { Language } from "../language";
import { colours } from "../table";
import { checkAll } from "./check";
import { inLanguage, type Item } from "./evaluate";
import { checklistWords, itemText } from "./words";

/** Seconds between two looks of `--watch`. */
const watchSeconds = 5;

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
export const run: Run<StackOptions & { json?: boolean; watch?: boolean; report: string }> = async (
  context,
  options,
) => {
  const { lang, output, signal } = context;
  for (;;) {
    const { items } = await checkAll(options, options.report);
    const complete = items.every(({ ok }) => ok);
    if (options.json)
      output.print(JSON.stringify({ complete, items: inLanguage(items, lang) }, null, options.watch ? 0 : 2));
    else {
      if (options.watch && process.stdout.isTTY) process.stdout.write("\x1b[H\x1b[2J");
      output.print(renderChecklist(items, lang));
    }
    if (complete) return exitCodes.ok;
    if (!options.watch || signal.aborted) return exitCodes.degraded;
    if (!options.json && process.stdout.isTTY) output.note(checklistWords[lang].watching(watchSeconds));
    await setTimeout(watchSeconds * 1_000, undefined, { signal }).catch(() => undefined); // Ctrl-C: the last look counts
    if (signal.aborted) return exitCodes.degraded;
  }
};
