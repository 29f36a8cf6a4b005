import { encrypt } from "./age";
import { collect, type CollectArgs } from "./collect";
import { itemsOf } from "./content";
import { writeBundle } from "./files";
import { makeLabel } from "./label";
import { recoverySettings, refusedByRecovery } from "./recovery";
import { makeRecoveryHostKey } from "../../stacks/secrets/make";

export interface SealArgs extends CollectArgs {
  /** Public keys, age1...: each opens the bundle alone. */
  readonly recipients: readonly string[];
  readonly out: string;
}

/**
 * Seals what a recovery needs of a stack into one file, and its label beside it.
 * @returns names of what is in it
 * @throws Error before anything is written, when a recovery would refuse the settings: a bundle that cannot recover is none
 */
export async function seal({ recipients, out, ...from }: SealArgs): Promise<readonly string[]> {
  const content = await collect(from);
  const problems = refusedByRecovery(recoverySettings(content, { hostKey: makeRecoveryHostKey }));
  if (problems.length > 0)
    throw new Error(
      `a recovery would refuse this bundle, so it was not sealed:\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
  const bundle = await encrypt(content, recipients);
  await writeBundle(out, bundle, makeLabel(content, bundle, recipients));
  return [...itemsOf(content).keys()];
}
