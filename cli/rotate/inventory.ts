import { databases } from "../../plan/graph";
import { keyNames, type KeyName } from "../../plan/model";
import { plan } from "../../plan/plan";
import type { IdentityRole } from "../../components/backup/names";
import { credentialNames } from "../../stacks/secrets/record";

/**
 * How a credential is replaced.
 * - program: by `smarter rotate`, from the new value to the proof
 * - person: the other side makes the new value, or only its application can re-encrypt: `smarter rotate NAME` says the steps
 * - vault: by `smarter recover vault`
 * - generation: never in place
 */
export type Way = "program" | "person" | "vault" | "generation";

/** What is said of a credential in words (words.ts): several may share it. */
export type About =
  | "s3"
  | "databasePasswords"
  | "ciphers"
  | "shopifySecret"
  | "whatsappSecret"
  | "vault"
  | "recoveryHostKey"
  | "hostingerToken"
  | "drillToken"
  | "operatorKey"
  | "cloudflare"
  | "hcloud"
  | "aws"
  | KeyName;

export interface Credential {
  /** As the settings call it, and the record. @example "databasePasswords.odoo" */
  readonly name: string;
  readonly way: Way;
  readonly about: About;
  /** Who uses it: containers, or "operator". */
  readonly users: readonly string[];
  /** Only when it is named: somebody else may hold a copy of it. @default with all that the program replaces */
  readonly onlyNamed?: true;
}

export const roles = ["writer", "reader", "guard"] as const satisfies readonly IdentityRole[];
export const s3Name = (role: IdentityRole): string => `s3.${role}`;

const s3Users: Readonly<Record<IdentityRole, readonly string[]>> = {
  writer: ["agent", "postgres"],
  reader: ["operator"],
  guard: ["guard"],
};
const operator = ["operator"];

/** Every credential of the program. A secret of the settings that is not here fails a test. */
export const credentials: readonly Credential[] = [
  ...roles.map((role): Credential => ({ name: s3Name(role), way: "program", about: "s3", users: s3Users[role] })),
  ...databases(plan).map((database): Credential => ({
    name: `databasePasswords.${database}`,
    way: "program",
    about: "databasePasswords",
    users: ["postgres", database],
  })),
  ...keyNames.map((key): Credential => ({
    name: `applicationKeys.${key}`,
    way: "person",
    about: key,
    users: plan.services.filter(({ keys }) => keys.includes(key)).map(({ name }) => name),
  })),
  { name: "shopifySecret", way: "person", about: "shopifySecret", users: ["gateway"] },
  { name: "whatsappSecret", way: "person", about: "whatsappSecret", users: ["gateway"] },
  { name: "postgresCipher", way: "generation", about: "ciphers", users: ["postgres", "agent", "operator"] },
  { name: "filesCipher", way: "generation", about: "ciphers", users: ["agent", "operator"] },
  { name: "vaultToken", way: "vault", about: "vault", users: ["gateway", "agent"] },
  { name: "vaultUnsealShares", way: "vault", about: "vault", users: operator },
  { name: "vaultUnsealSharesNext", way: "vault", about: "vault", users: operator },
  { name: "recoveryHostKey", way: "generation", about: "recoveryHostKey", users: operator },
  { name: "ssh.operator", way: "program", about: "operatorKey", users: operator, onlyNamed: true },
  { name: "cloudflare:apiToken", way: "person", about: "cloudflare", users: operator },
  { name: "hcloud:token", way: "person", about: "hcloud", users: operator },
  { name: "aws:accessKey", way: "person", about: "aws", users: operator },
  { name: "hostingerToken", way: "person", about: "hostingerToken", users: operator },
  {
    name: "drillToken",
    way: "generation",
    about: "drillToken",
    users: credentialNames("databasePasswords").map((n) => n.split(".")[1]!),
  },
];
