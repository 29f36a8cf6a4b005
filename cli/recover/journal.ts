import { z } from "zod";
import { dataRoot } from "../../components/host/connection";
import { quote } from "../../components/host/scripts";
import { restoreSpec } from "../../contracts/agent";
import { gateCheck } from "../../contracts/gate";
import { vaultFound, vaultReads } from "../../contracts/vault-harden";

/** Where a host keeps the journals of its recoveries: on the host, so that whoever resumes one needs nothing of who began it. */
const folder = `${dataRoot}/recover`;

/** Steps of a recovery of Vault, in their order. `restored`: only to a time. */
export const vaultSteps = [
  "sealed",
  "isolated",
  "restored",
  "looked",
  "cleaned",
  "rekeyed",
  "reopened",
  "backedUp",
] as const;
export type VaultStep = (typeof vaultSteps)[number];

/** One recovery on a living host, as far as it has come. No secret is in it. */
export const journal = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  /** Data folder of the host whose content is brought back: "postgres", or a file set. */
  folder: z.string().regex(/^[a-z0-9-]+$/),
  /** Below it; null: all of it. */
  path: z.string().nullable(),
  by: z.string(),
  startedAt: z.iso.datetime(),
  /** The time that was asked for; null: the newest point. */
  at: z.iso.datetime().nullable(),
  /** The set that it builds on. */
  manifestKey: z.string(),
  /** Where the database stops; null: not decided yet, or files. */
  target: restoreSpec.shape.postgres.unwrap().shape.target.nullable(),
  /** What was restored beside the damaged data, and was checked; null: not yet, or it did not hold. */
  checks: z.array(gateCheck).nullable(),
  switchedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  /** How it ended; null: it has not. */
  outcome: z.enum(["recovered", "cancelled"]).nullable(),
  /** Of a recovery of Vault alone. */
  vault: z
    .strictObject({
      done: z.array(z.enum(vaultSteps)),
      /** Who had access, before it was taken away; null: not looked yet. */
      found: vaultFound.nullable(),
      /** What was read since the suspected time, by the audit log. */
      reads: vaultReads.nullable(),
    })
    .optional(),
});
export type RecoverJournal = z.infer<typeof journal>;

/** Prints every journal of the host, one a line. */
export const readJournalsScript = `for f in ${folder}/*.json; do [ ! -f "$f" ] || cat "$f"; done`;

export const parseJournals = (text: string): RecoverJournal[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => journal.parse(JSON.parse(line)));

/** Whole or not at all, and on disk when it ends. */
export function writeJournalScript(entry: RecoverJournal): string {
  const file = `${folder}/${entry.id}.json`;
  return `set -eu
install -d -m 0700 ${folder}
printf '%s\\n' ${quote(JSON.stringify(journal.parse(entry)))} > ${file}.new
sync ${file}.new
mv ${file}.new ${file}
sync ${folder}`;
}
