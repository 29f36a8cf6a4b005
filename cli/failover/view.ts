import { duration } from "../../drill/report/format";
import type { Language } from "../language";
import { colours } from "../table";
import { stages, type ModuleProgress, type Progress, type Stage, type State, type Step } from "./progress";
import { failoverWords } from "./words";

/** Shows a recovery while it happens. */
export interface View {
  step(step: Step): void;
  /** Something that is no step. */
  say(text: string): void;
  /** Leaves what was shown where it is. */
  close(): Promise<void>;
}

export interface ViewArgs {
  readonly progress: Progress;
  /** Seconds since the activation. */
  readonly elapsed: () => number;
  readonly lang: Language;
  /** Where lines go. */
  readonly write: (text: string) => void;
  /** A list that is drawn again and again; else a line for each step. */
  readonly terminal: boolean;
}

export const openView = (args: ViewArgs): View => (args.terminal ? liveView(args) : lineView(args));

function lineView({ lang, write, progress, elapsed }: ViewArgs): View {
  const t = failoverWords[lang];
  const clock = (seconds: number) => `T+${seconds.toFixed(1).padStart(6)}s`;
  return {
    step: ({ atSeconds, stage, subject, state }) => {
      const module = progress.modules.find((m) => m.module === subject);
      const deadline = module
        ? ` (${t.ofDeadline(duration(atSeconds, lang), duration(module.deadlineSeconds, lang))})`
        : "";
      write(`${clock(atSeconds)}  ${t.stage[stage]}: ${subject} ${t.state[state]}${deadline}`);
    },
    say: (text) => write(`${clock(elapsed())}  ${text}`),
    close: async () => undefined,
  };
}

/** Milliseconds between two redraws of the times. */
const redrawMs = 250;

/** A task list: the stages, and the modules by wave against their deadlines. */
function liveView({ progress, elapsed, lang, write }: ViewArgs): View {
  const t = failoverWords[lang];
  const c = colours();
  const time = (seconds: number) => duration(seconds, lang);
  const moduleTitle = ({ module, wave, state, atSeconds, deadlineSeconds }: ModuleProgress) => {
    const spent = state === "done" && atSeconds !== undefined ? atSeconds : elapsed();
    const late = spent > deadlineSeconds;
    const deadline = time(deadlineSeconds);
    const against =
      state === "waiting" && !late ? `${t.head.deadline}: ${deadline}` : t.ofDeadline(time(spent), deadline);
    return `${c.dim(t.wave(wave))} ${module.padEnd(13)} ${t.state[state].padEnd(9)} ${late ? c.red(against) : c.dim(against)}`;
  };
  const rows: { state: () => State; title: () => string }[] = stages.flatMap((stage: Stage) =>
    stage === "modules"
      ? progress.modules.map(({ module }) => {
          const now = () => progress.modules.find((m) => m.module === module)!;
          return { state: () => now().state, title: () => moduleTitle(now()) };
        })
      : [
          {
            state: () => progress.stage(stage),
            title: () => `${t.stage[stage].padEnd(20)} ${c.dim(t.state[progress.stage(stage)])}`,
          },
        ],
  );

  const ends: (() => void)[] = [];
  let closed = false;
  const drawn = import("listr2").then(({ Listr }) =>
    new Listr(
      rows.map(({ state, title }) => ({
        title: title(),
        task: (_: unknown, task: { title?: string; skip(): void }) =>
          new Promise<void>((resolve, reject) => {
            let ended = false;
            const look = (last: boolean) => {
              if (ended) return;
              task.title = title();
              if (state() === "failed") settle(() => reject(new Error(title())));
              else if (state() === "done" || last) settle(resolve);
            };
            const settle = (how: () => void) => {
              ended = true;
              clearInterval(timer);
              how();
            };
            const timer = setInterval(() => look(false), redrawMs);
            const end = () => {
              if (!ended && state() !== "done" && state() !== "failed") task.skip();
              look(true);
            };
            ends.push(end);
            if (closed) end();
          }),
      })),
      {
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        rendererOptions: { showErrorMessage: false, collapseSkips: false },
      },
    ).run(),
  );
  const said: string[] = [];
  return {
    step: () => undefined, // the list shows it
    say: (text) => void said.push(text),
    close: async () => {
      closed = true;
      for (const end of ends) end();
      await drawn;
      for (const text of said) write(text);
    },
  };
}
