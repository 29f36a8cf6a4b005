import type { Asked } from "../ask";
import { oneLine } from "../table";

/** What an auditor asks, in the order in which it is answered. */
export const statementIds = [
  "backups-valid",
  "backups-fresh",
  "backups-verified",
  "restore-proved",
  "drill-due",
  "object-lock",
  "retention",
  "versioning",
  "encryption",
  "public-access",
  "tls-only",
  "replication",
  "identities",
  "writer-cannot-destroy",
  "key-age",
  "secret-age",
  "policies",
  "drift",
  "plan-deviations",
  "incidents",
] as const;
export type StatementId = (typeof statementIds)[number];

export interface Statement {
  readonly id: StatementId;
  /** Without it the audit fails; else it is told. */
  readonly required: boolean;
  /** Undefined: it could not be found out. */
  readonly holds?: boolean;
  /** What was asked, and what was answered. */
  readonly evidence: string;
}

export const says = (id: StatementId, holds: boolean | undefined, evidence: string, required = true): Statement => ({
  id,
  required,
  evidence: oneLine(evidence),
  ...(holds === undefined ? {} : { holds }),
});

/** A statement from an answer; where there is none, it is not known, and why. */
export function from<T>(
  id: StatementId,
  asked: Asked<T>,
  judge: (value: T) => { holds: boolean; evidence: string },
  required = true,
): Statement {
  if (asked.state === "answered") {
    const { holds, evidence } = judge(asked.value);
    return says(id, holds, evidence, required);
  }
  return says(id, undefined, asked.state === "silent" ? `no answer in ${asked.seconds} s` : asked.reason, required);
}
