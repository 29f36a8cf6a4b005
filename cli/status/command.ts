import { setTimeout } from "node:timers/promises";
import type { Run, StackOptions } from "../context";
import { collect } from "./collect";
import { exitCodeOf, judge, remember, type Memory } from "./judge";
import { renderStatus } from "./render";
import { statusWords } from "./words";

/** Seconds between two looks of `--watch`. */
const watchSeconds = 5;

/** `smarter status` */
export const run: Run<StackOptions & { json?: boolean; watch?: boolean }> = async (
  { lang, output, signal },
  options,
) => {
  let memory: Memory = {};
  for (;;) {
    const look = await collect(options);
    const judgement = judge(look, memory);
    memory = remember(look, memory);
    if (options.json) output.print(JSON.stringify({ ...judgement, look }, null, options.watch ? 0 : 2));
    else {
      if (options.watch && process.stdout.isTTY) process.stdout.write("\x1b[H\x1b[2J");
      output.print(renderStatus(look, judgement, lang));
    }
    if (!options.watch || signal.aborted) return exitCodeOf(judgement);
    if (!options.json && process.stdout.isTTY) output.note(statusWords[lang].watching(watchSeconds));
    await setTimeout(watchSeconds * 1_000, undefined, { signal }).catch(() => undefined); // Ctrl-C: its verdict is the last look's
    if (signal.aborted) return exitCodeOf(judgement);
  }
};
