import { duration } from "../../drill/report/format";
import { invocation } from "../invocation";
import type { Language } from "../language";
import type { Progress } from "./progress";
import { failoverWords } from "./words";

export interface Failure {
  /** What the engine said. */
  readonly reasons: string;
  readonly progress: Progress;
  /** An earlier run of the same recovery may have provisioned something. */
  readonly begunBefore: boolean;
  /** Seconds since the activation. */
  readonly elapsed: number;
  /** File of the engine's output. */
  readonly log: string;
}

/** The cause first, then what is safe, what to do, and how to go on. */
export function explainFailure({ reasons, progress, begunBefore, elapsed, log }: Failure, lang: Language): string {
  const t = failoverWords[lang];
  const provisioned = progress.touchedAnything || begunBefore;
  const moved = progress.stage("dns") !== "waiting";
  const section = (title: string, ...lines: string[]) => [
    `${title}:`,
    ...lines.flatMap((text) => text.split("\n")).map((line) => `  ${line}`),
  ];
  return [
    "",
    t.failed(t.stage[progress.current], duration(elapsed, lang)),
    ...section(t.cause, reasons),
    ...section(t.safe, !provisioned ? t.safeNothing : moved ? t.safeAfterDns : t.safeBeforeDns),
    ...section(
      t.next,
      progress.stage("fence") === "failed"
        ? t.nextFence
        : progress.stage("gate") === "failed"
          ? t.nextGate
          : t.nextOther,
      t.resume(resumeCommand()),
    ),
    t.log(log),
  ].join("\n");
}

/** What was typed, as a shell takes it. */
export const resumeCommand = (): string =>
  [invocation, ...process.argv.slice(2)]
    .map((word, i) => (i === 0 || /^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(" ");
