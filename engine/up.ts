import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { engineEventsEnv, followEngineEvents, isResource, plainMessage } from "./events";

export interface UpArgs {
  /** Absolute path of the executable. */
  readonly pulumi: string;
  /** For messages; the stack itself is named in `options`. */
  readonly stack: string;
  /** What comes after {@link upArguments}' own. */
  readonly options: readonly string[];
  readonly cwd: string;
  /** Merged over process.env. */
  readonly env: Readonly<Record<string, string>>;
  /** File for everything the engine prints, mode 0600; its events go to the same name with `.events` behind. */
  readonly log: string;
  readonly onEvent: (event: EngineEvent) => void;
  /** The engine runs: for whoever must know it when this process is gone. */
  readonly onStart?: (pid: number) => void;
  /** True: the engine is in a session of its own, so that a lost terminal, or the end of this process, does not stop it. @default false */
  readonly outlives?: boolean;
  /** Stops the engine as Ctrl-C does: it ends what it has begun. */
  readonly signal: AbortSignal;
}

/** Arguments of every `pulumi up` that the drill and the operator's command make: the policy pack judges each resource before it is touched. */
export const upArguments = (options: readonly string[]): string[] => [
  "up",
  "--yes",
  "--skip-preview",
  "--policy-pack",
  join(__dirname, "..", "policy"),
  ...options,
];

/** Where the events of a log lie. */
export const eventsOf = (log: string): string => `${log}.events`;

/** `pulumi up` ended with a failure. */
export class UpFailed extends Error {
  constructor(
    readonly stackName: string,
    /** What the engine said. */
    readonly reasons: string,
    /** Whether any resource had been worked on: if not, nothing was provisioned. */
    readonly touchedAnything: boolean,
    readonly log: string,
  ) {
    super(`pulumi up --stack ${stackName} failed: ${reasons}\nits whole output: ${log}`);
  }
}

/** Milliseconds that a stopped engine has for what it has begun. */
const stopMs = 60_000;

/**
 * `pulumi up`, with its events as they happen. Its output goes to a file, not to this process: an engine whose parent was killed lives on.
 * @throws UpFailed, or the signal's reason
 */
export async function pulumiUp(args: UpArgs): Promise<void> {
  const errors: string[] = [];
  let touchedAnything = false;
  const follower = await followEngineEvents(eventsOf(args.log), (event) => {
    if (event.diagnosticEvent?.severity === "error") errors.push(plainMessage(event.diagnosticEvent.message));
    touchedAnything ||= event.resourcePreEvent?.planning === false && isResource(event.resourcePreEvent.metadata.type);
    args.onEvent(event);
  });
  const output = await open(args.log, "a", 0o600);
  try {
    // Not execa: it does not hand over a file that outlives this process.
    const command = [...upArguments(args.options), "--event-log", eventsOf(args.log)];
    const engine = spawn(args.pulumi, command, {
      cwd: args.cwd,
      env: { ...process.env, ...args.env, ...engineEventsEnv },
      stdio: ["ignore", output.fd, output.fd],
      detached: args.outlives ?? false,
    });
    if (engine.pid !== undefined) args.onStart?.(engine.pid);
    const exitCode = await ended(engine, args.signal);
    await follower.stop();
    args.signal.throwIfAborted();
    if (exitCode !== 0) {
      const killed = exitCode === null ? ["the engine was killed"] : [];
      const said = [...new Set([...errors, ...killed])].join("\n") || lastLines(await readFile(args.log, "utf8"));
      throw new UpFailed(args.stack, said, touchedAnything, args.log);
    }
  } finally {
    await follower.stop();
    await output.close();
  }
}

/** Exit code; null: it was killed. When the signal comes the engine is interrupted, and killed when it takes too long. @throws when it cannot be started */
async function ended(engine: ChildProcess, signal: AbortSignal): Promise<number | null> {
  let tooLate: NodeJS.Timeout | undefined;
  const interrupt = () => {
    engine.kill("SIGINT");
    tooLate = setTimeout(() => engine.kill("SIGKILL"), stopMs);
  };
  if (signal.aborted) interrupt();
  signal.addEventListener("abort", interrupt, { once: true });
  try {
    const [exitCode] = (await once(engine, "exit")) as [number | null];
    return exitCode;
  } finally {
    signal.removeEventListener("abort", interrupt);
    clearTimeout(tooLate);
  }
}

const lastLines = (text: string) => text.trimEnd().split("\n").slice(-15).join("\n");
