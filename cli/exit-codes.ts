/** What `smarter` ends with; each command's help names those that it uses. */
export const exitCodes = {
  /** Healthy, recovered, complete. */
  ok: 0,
  /** It was tried and did not succeed, or the command line was wrong. */
  failed: 1,
  /** Something is not as it should be: a service, an item of the checklist, a statement of the audit. */
  degraded: 2,
  /** A trigger of the plan holds: declare a disaster. */
  declare: 3,
  /** Refused before anything was changed. */
  refused: 4,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
