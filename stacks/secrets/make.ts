import { databases } from "../../plan/graph";
import { keyNames } from "../../plan/model";
import { plan } from "../../plan/plan";
import { newSecret, newSshKey } from "../../toolchain/sshkeys";
import type { SecretName } from "./schema";

const each = (names: readonly string[]) =>
  JSON.stringify(Object.fromEntries(names.map((name) => [name, newSecret(24)])));

/** Secrets of the business: the same wherever the site runs, or what was backed up cannot be read. Each is made once, for a new site. */
export const makeShared = {
  postgresCipher: () => newSecret(),
  filesCipher: () => newSecret(),
  databasePasswords: () => each(databases(plan)),
  applicationKeys: () => each(keyNames),
  shopifySecret: () => newSecret(),
  whatsappSecret: () => newSecret(),
} as const satisfies Partial<Record<SecretName, () => string>>;

/** Shared too, but Vault makes them at its first start: they can only be copied. */
export const vaultSecrets = ["vaultToken", "vaultUnsealShares"] as const satisfies readonly SecretName[];

/** Of a server that the stack orders itself. */
export const makeRecoveryHostKey = (): string => newSshKey("smarteros recovery host").privateKey;
