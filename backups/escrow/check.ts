import { humanSeconds } from "../../plan/units";
import { decrypt } from "./age";
import { collect } from "./collect";
import type { OpenStack } from "../stack";
import { readLabelled } from "./files";
import { compare, type EscrowLabel } from "./label";

export interface CheckArgs {
  readonly file: string;
  readonly stack: OpenStack;
  /** Opens the recovery's stack, when the bundle was sealed with it. */
  readonly openStack: (name: string) => Promise<OpenStack>;
  /** Seconds that a bundle may be old, though it still holds what the stack holds. */
  readonly maxAgeSeconds: number;
  /** Private keys: the bundle is opened too, and compared with its label. */
  readonly identities?: readonly string[] | undefined;
}

export interface CheckResult {
  readonly ageSeconds: number;
  readonly recipients: readonly string[];
  readonly items: number;
  /** Why the bundle must be sealed again; empty when it is fresh. */
  readonly stale: readonly string[];
}

/**
 * Whether a bundle still holds what the stack holds, without opening it: by its label.
 * @throws Error when the bundle or its label cannot be read, or do not belong together
 */
export async function check({ file, stack, openStack, maxAgeSeconds, identities }: CheckArgs): Promise<CheckResult> {
  const { bundle, label } = await readLabelled(file);
  const { recoveryStack } = label.body;
  const now = await collect({
    stack,
    ...(recoveryStack === undefined ? {} : { recovery: await openStack(recoveryStack) }),
  });
  const { signed, changed, missing, gone } = compare(label, now);
  const ageSeconds = (Date.now() - Date.parse(label.body.sealedAt)) / 1000;
  return {
    ageSeconds,
    recipients: label.body.recipients,
    items: Object.keys(label.body.digests).length,
    stale: [
      ...(signed
        ? []
        : ["its label is not signed with this stack's ciphers: they were changed since, or the label was"]),
      ...changed.map((name) => `${name}: has another value in the stack`),
      ...missing.map((name) => `${name}: is in the stack alone`),
      ...gone.map((name) => `${name}: is no longer in the stack`),
      ...(ageSeconds > maxAgeSeconds
        ? [`it is ${humanSeconds(ageSeconds)} old; allowed: ${humanSeconds(maxAgeSeconds)}`]
        : []),
      ...(identities ? await opened(bundle, label, identities) : []),
    ],
  };
}

async function opened(bundle: string, label: EscrowLabel, identities: readonly string[]) {
  const { signed, changed, missing, gone } = compare(label, await decrypt(bundle, identities));
  return signed && [changed, missing, gone].every((names) => names.length === 0)
    ? []
    : ["what is in the bundle is not what its label says"];
}
