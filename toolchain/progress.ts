/** Takes one line of progress. Never called with a line break, so that output reads the same on a terminal and in a file. */
export type Log = (line: string) => void;

/** Lines on stderr: stdout stays free for results. */
export const stderrLog: Log = (line) => void process.stderr.write(`${line}\n`);

/** A step that runs longer than this says that it is still alive. */
const HEARTBEAT_SECONDS = 20;

const seconds = (since: number) => `${Math.round((Date.now() - since) / 1000)} s`;

export interface StepOptions {
  /** What comes after "still running": counts, percentages. Asked at each heartbeat. */
  readonly state?: () => string;
  /** Shown at the start only. @example "-> ~/.cache/smarteros-dr/bin" */
  readonly detail?: string;
  /** Shown at the start, so that a wait is expected. */
  readonly estimateSeconds?: number;
  /** @default 20 */
  readonly heartbeatSeconds?: number;
}

/** Runs one step: a line when it begins, a line every 20 s while it lasts, a line with its duration when it ends, well or not. */
export async function step<T>(log: Log, what: string, work: () => Promise<T>, options: StepOptions = {}): Promise<T> {
  const { state, detail, estimateSeconds, heartbeatSeconds = HEARTBEAT_SECONDS } = options;
  const startedAt = Date.now();
  const estimate = estimateSeconds === undefined ? undefined : `(about ${humanSeconds(estimateSeconds)})`;
  log([what, detail, estimate, "..."].filter(Boolean).join(" "));
  const heartbeat = setInterval(() => {
    const now = state?.();
    log(`${what}: still running after ${seconds(startedAt)}${now ? `, ${now}` : ""}`);
  }, heartbeatSeconds * 1000);
  try {
    const result = await work();
    log(`${what}: done in ${seconds(startedAt)}`);
    return result;
  } catch (error) {
    log(`${what}: failed after ${seconds(startedAt)}`);
    throw error;
  } finally {
    clearInterval(heartbeat);
  }
}

/** @example humanSeconds(90) === "2 min", humanSeconds(40) === "40 s" */
export const humanSeconds = (value: number): string =>
  value < 60 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;

/** Waits for all of them, even when one fails (nothing is pulled away under the others), then throws what failed. */
export async function settleAll<T extends readonly unknown[]>(work: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  const outcomes = await Promise.allSettled(work);
  const errors = outcomes
    .filter((outcome) => outcome.status === "rejected")
    .map((outcome) => outcome.reason as unknown);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) {
    throw new AggregateError(
      errors,
      errors.map((error) => (error instanceof Error ? error.message : String(error))).join("\n"),
    );
  }
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T;
}
