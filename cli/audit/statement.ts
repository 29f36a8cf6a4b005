import type { Asked } from "../ask";
import { sayer, unasked, type Said } from "../said";
import { auditEvidence } from "./words";

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
  readonly evidence: Said;
}

export const says = (id: StatementId, holds: boolean | undefined, evidence: Said, required = true): Statement => ({
  id,
  required,
  evidence,
  ...(holds === undefined ? {} : { holds }),
});

/** Says what is seen. */
export const say = sayer(auditEvidence);

/** A statement from an answer; where there is none, it is not known, and why. */
export function from<T>(
  id: StatementId,
  asked: Asked<T>,
  judge: (value: T) => { holds: boolean; evidence: Said },
  required = true,
): Statement {
  if (asked.state === "answered") {
    const { holds, evidence } = judge(asked.value);
    return says(id, holds, evidence, required);
  }
  return says(id, undefined, unasked(asked), required);
}
