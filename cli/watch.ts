import { setTimeout } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import type { Context } from "./context";
import { exitCodes, type ExitCode } from "./exit-codes";
import type { Language } from "./language";
import { watchWords } from "./words";

/** What one look found. */
export interface Looked {
  /** For people. */
  readonly text: string;
  /** For programs. */
  readonly json: unknown;
  readonly exitCode: ExitCode;
  /** There is nothing left to look for: `--watch` ends. @default false */
  readonly done?: boolean;
}

export interface WatchArgs {
  readonly context: Context;
  /** Again and again, until it is done, Ctrl-C, or nobody reads any more. @default false: once */
  readonly watch?: boolean | undefined;
  /** JSON instead of text; with `watch` a line for each look. @default false */
  readonly json?: boolean | undefined;
  /** Said below each look on a terminal. @param seconds between two looks */
  readonly watching: (seconds: number) => string;
  readonly look: () => Promise<Looked>;
}

/** Seconds between two looks of `--watch`. */
const everySeconds = 5;

/** Looks once, or watches. @returns the exit code of the last look; interrupted, when it was stopped before the first */
export async function lookOrWatch({
  context,
  watch = false,
  json = false,
  watching,
  look,
}: WatchArgs): Promise<ExitCode> {
  const { lang, output, signal } = context;
  const { stdout } = process;
  const screen = watch && !json && stdout.isTTY;
  const stop = AbortSignal.any([signal, readerGone()]);
  const stopped = new Promise<undefined>((resolve) =>
    stop.addEventListener("abort", () => resolve(undefined), { once: true }),
  );
  for (let last: ExitCode = exitCodes.interrupted, first = true; ; first = false) {
    if (stop.aborted) return last;
    // A look has its deadlines; whoever stops it does not wait for them.
    const looked = await Promise.race([look(), stopped]);
    if (!looked) return last;
    last = looked.exitCode;
    if (json) output.print(JSON.stringify(looked.json, null, watch ? 0 : 2));
    else if (screen) {
      stdout.write("\x1b[H\x1b[2J");
      output.print(fitted(looked.text, stdout, lang));
    } else output.print(first ? looked.text : `\n${looked.text}`);
    if (!watch || looked.done) return last;
    if (screen) output.note(watching(everySeconds));
    await setTimeout(everySeconds * 1_000, undefined, { signal: stop }).catch(() => undefined); // stopped: the last look counts
  }
}

/** The terminal is closed, or what reads from the pipe has ended (`| head`). */
function readerGone(): AbortSignal {
  const gone = new AbortController();
  process.once("SIGHUP", () => gone.abort());
  process.stdout.once("error", () => gone.abort());
  return gone.signal;
}

/** As many lines as a screen has room for, from the first: the verdict stays in sight. */
export function fitted(text: string, { rows, columns }: { rows?: number; columns?: number }, lang: Language): string {
  if (!rows || !columns) return text;
  const lines = text.split("\n");
  // What is said below, where the rest is, and where the cursor stands.
  let room = rows - 3;
  const shown = lines.findIndex(
    (line) => (room -= Math.max(1, Math.ceil(stripVTControlCharacters(line).length / columns))) < 0,
  );
  return shown === -1 ? text : [...lines.slice(0, shown), watchWords[lang].more(lines.length - shown)].join("\n");
}
