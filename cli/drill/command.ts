import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { repoRoot } from "../../toolchain/paths";
import { readDrillRecord } from "../../policy/plan/drill-record";
import { moment } from "../clock";
import type { Context, Run } from "../context";
import { exitCodes, type ExitCode } from "../exit-codes";
import { nextDrill } from "../status/judge";
import { drillWords } from "./words";

interface DrillOptions {
  readonly record?: boolean;
  readonly json?: boolean;
  /** For the drill itself. */
  readonly args: readonly string[];
}

/** `smarter drill`: the record of the last one, or one that is run now, with its own options, output and exit code. */
export const run: Run<DrillOptions> = async (context, { record, json, args }) =>
  record ? showRecord(context, json ?? false) : runDrill(context, json ? ["--json", ...args] : args);

function showRecord({ lang, output }: Context, json: boolean): ExitCode {
  const t = drillWords[lang];
  const last = readDrillRecord();
  const next = last && nextDrill(new Date(last.startedAt).toISOString());
  const due = next === undefined || Date.now() > next;
  const startedAt = last && new Date(last.startedAt).toISOString();
  if (json)
    output.print(
      JSON.stringify(
        {
          verdict: last?.verdict ?? null,
          startedAt: startedAt ?? null,
          next: next === undefined ? null : new Date(next).toISOString(),
          due,
        },
        null,
        2,
      ),
    );
  else
    output.print(
      last
        ? `${t.last(moment(last.startedAt, lang), last.verdict)}\n${(due ? t.overdue : t.next)(moment(next!, lang))}`
        : t.never,
    );
  return !due && last?.verdict === "recovered" ? exitCodes.ok : exitCodes.degraded;
}

async function runDrill({ lang, signal }: Context, args: readonly string[]): Promise<ExitCode> {
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
}
