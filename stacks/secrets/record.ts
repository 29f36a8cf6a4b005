import { z } from "zod";
import { databases } from "../../plan/graph";
import { keyNames } from "../../plan/model";
import { plan } from "../../plan/plan";
import type {} from "../config-meta"; // what `meta` may say
import type { SecretName } from "./schema";

/** Where the record is kept: in the settings, beside the values, so that it needs neither the state nor a host. */
export const recordKey = "smarteros:credentials";

/**
 * Since when each credential is what it is, by its name (`databasePasswords.odoo`, `s3.writer`). No value is in it. For an S3 key it is also
 * what makes a new one: the key's resource is named after `madeAt`.
 */
export const credentialRecord = z
  .record(
    z.string().regex(/^[a-zA-Z0-9:.]+$/),
    z.strictObject({
      /** ISO 8601 UTC. */
      madeAt: z.iso.datetime(),
      /** Who made it, "user@host". */
      by: z.string().min(1),
      /** It is in the settings, and not yet proved to be in force: `smarter rotate` goes on. Absent: it is in force. */
      pending: z.literal(true).optional(),
    }),
  )
  .meta({
    description: "When each credential was made, and by whom. Written by npm run secrets:init and smarter rotate.",
    allowed: "JSON, as these commands write it",
    fix: "take the settings file as it was committed",
  });
export type CredentialRecord = z.infer<typeof credentialRecord>;

/** Reads what the settings say. @param text undefined: nothing was ever recorded @throws ZodError when somebody has changed it by hand */
export const parseRecord = (text: string | undefined): CredentialRecord =>
  text === undefined ? {} : credentialRecord.parse(JSON.parse(text));

/** Names of the credentials that one secret of the settings holds. */
export function credentialNames(secret: SecretName): string[] {
  const parts: Partial<Record<SecretName, readonly string[]>> = {
    databasePasswords: databases(plan),
    applicationKeys: keyNames,
  };
  return parts[secret]?.map((part) => `${secret}.${part}`) ?? [secret];
}
