import type { GuardConfig } from "../../../../contracts/guard";
import type { Standing } from "./newest";

/** What the guard lets the host's services do. */
export type Permission =
  /** Nothing starts; what runs goes on: S3 has not answered since the guard started. */
  | { readonly state: "waiting" }
  /** They may start; `proved`: because S3 said so, not because nobody could be asked. */
  | { readonly state: "open"; readonly proved: boolean }
  /** Nothing starts, and what runs stops. */
  | { readonly state: "down"; readonly why: string };

/**
 * What follows from an answer of S3's, or from none. Only the word that another generation is the active one stops what runs: a store that
 * does not answer must not take the business down. Only the word that there is none lets services start at a boot, unless it was configured
 * otherwise.
 */
export function next(now: Permission, answer: Standing | undefined, withoutS3: GuardConfig["withoutS3"]): Permission {
  switch (answer?.kind) {
    case "newest":
      return { state: "open", proved: true };
    case "replaced":
      return { state: "down", why: `generation ${answer.by} is active since ${answer.since}` };
    case undefined:
      return now.state === "waiting" && withoutS3 === "start" ? { state: "open", proved: false } : now;
    default:
      return answer satisfies never;
  }
}
