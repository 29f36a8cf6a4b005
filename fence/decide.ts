import type { Said } from "../words/said";
import { sayFence } from "./words";
import type { Answer, FenceAttempt, FenceResult } from "../contracts/fence";

export interface Observed {
  readonly attempts: readonly FenceAttempt[];
  /** What answered before anything was tried. */
  readonly answeredBefore: readonly Answer[];
  /** ... and after all of it. */
  readonly answeredAfter: readonly Answer[];
  readonly acceptSplitBrain?: string | undefined;
}

export type Decision =
  Pick<FenceResult, "verdict" | "accepted"> | { readonly verdict: "refused"; readonly risks: readonly string[] };

/**
 * Whether the old site can do no harm any more. It cannot when it does not serve (it is dead, or was stopped) and its backup key is off: a
 * site that nobody can reach now may come back, and is then kept down by its boot guard alone.
 */
export function decide({ attempts, answeredBefore, answeredAfter, acceptSplitBrain }: Observed): Decision {
  const lives = [...answeredBefore, ...answeredAfter].length > 0;
  const risks = risksOf({ attempts, answeredBefore, answeredAfter }).map((risk) => risk("en"));
  if (risks.length === 0) return { verdict: wasStopped(attempts) && lives ? "fenced" : "dead" };
  if (acceptSplitBrain === undefined) return { verdict: "refused", risks };
  return { verdict: "split-brain", accepted: { reason: acceptSplitBrain, risks } };
}

const wasDone = (attempts: readonly FenceAttempt[], ...ways: readonly FenceAttempt["way"][]): boolean =>
  attempts.some(({ way, outcome }) => ways.includes(way) && outcome === "done");
const wasStopped = (attempts: readonly FenceAttempt[]) => wasDone(attempts, "ssh", "hetzner", "hostinger");

/** Why the old site may still do harm; nothing: it cannot. */
export function risksOf({ attempts, answeredBefore, answeredAfter }: Omit<Observed, "acceptSplitBrain">): Said[] {
  const serves = answeredAfter.filter(({ port }) => port !== "ssh");
  const answered = [...answeredBefore, ...answeredAfter];
  return [
    ...(serves.length > 0 ? [sayFence("serves", shown(serves))] : []),
    // It answered and then did not: without a way that stopped it, it may be back in a minute.
    ...(serves.length === 0 && answered.length > 0 && !wasStopped(attempts)
      ? [sayFence("answered", shown(answered))]
      : []),
    ...(wasDone(attempts, "writer-keys") ? [] : [sayFence("keyOn")]),
  ];
}

const shown = (answers: readonly Answer[]): string =>
  [...new Set(answers.map(({ address, port }) => `${address} (${port})`))].join(", ");

/** What is said when it is refused: why, what was tried, what of it was taken back, and how to go on. */
export function refusal(
  risks: readonly string[],
  attempts: readonly FenceAttempt[],
  undone: readonly string[] = [],
): string {
  return [
    `the old site could not be fenced off: ${risks.join("; ")}; two sites would take orders at once, and what one of them takes is lost`,
    ...attempts.map(
      ({ way, outcome, detail, seconds }) => `  - ${way}: ${outcome} after ${seconds.toFixed(1)} s: ${detail}`,
    ),
    ...undone.map((said) => `  - taken back: ${said}`),
    "fix: switch it off in its provider's panel, or give the fence a way to it (smarteros:site.fence in docs/configuration.md), and run this again; to go on in spite of it: smarter failover activate --accept-split-brain REASON, or recovery:acceptSplitBrain",
  ].join("\n");
}
