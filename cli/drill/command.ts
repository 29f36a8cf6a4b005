import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repoRoot } from "../../toolchain/paths";
import { readDrillRecord } from "../../policy/plan/drill-record";
import { moment } from "../clock";
import type { Run } from "../context";
import { exitCodes } from "../exit-codes";
import { nextDrill } from "../status/judge";
import { drillVerdict, drillWords } from "./words";

/** `smarter drill`: run now, with its own options, output and exit code. */
export const run: Run<{ args: readonly string[] }> = async ({ lang, signal }, { args }) => {
  const language = args.some((arg) => arg.startsWith("--lang")) ? [] : ["--lang", lang];
  const child = spawn(process.execPath, ["--import", "tsx", join("drill", "main.ts"), ...args, ...language], {
    cwd: repoRoot(),
    stdio: "inherit",
  });
  // On a terminal Ctrl-C reaches the drill itself; a signal to this process alone is passed on.
  const stop = () => void (process.stdin.isTTY || child.kill("SIGINT"));
  signal.addEventListener("abort", stop, { once: true });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code === 0) return exitCodes.ok;
  return code === exitCodes.interrupted ? exitCodes.interrupted : exitCodes.failed;
};

/** `smarter drill practice` */
export const practice: Run = async ({ lang, output, signal }) => {
  const { loseAPrimary } = require("./practice") as typeof import("./practice");
  const t = drillWords[lang];
  try {
    output.print(t.practice(await loseAPrimary(signal, lang)));
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) output.note(t.stopped);
    throw error;
  }
};

/** `smarter drill record`: the last one, and when the next is due. */
export const record: Run<{ json?: boolean }> = async ({ lang, output }, { json }) => {
  const t = drillWords[lang];
  const last = readDrillRecord();
  const startedAt = last && new Date(last.startedAt).toISOString();
  const next = startedAt && new Date(nextDrill(startedAt)).toISOString();
  const due = next === undefined || Date.now() > Date.parse(next);
  if (json) {
    const known = { verdict: last?.verdict ?? null, startedAt: startedAt ?? null, next: next ?? null, due };
    output.print(JSON.stringify(known, null, 2));
  } else if (!startedAt || !next) output.print(t.never);
  else
    output.print(
      `${t.last(moment(startedAt, lang), drillVerdict(last.verdict, lang))}\n${(due ? t.overdue : t.next)(moment(next, lang))}`,
    );
  return !due && last?.verdict === "recovered" ? exitCodes.ok : exitCodes.degraded;
};
