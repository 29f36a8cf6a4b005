import { z } from "zod";
import { databases } from "../../plan/graph";
import { keyNames, type KeyName } from "../../plan/model";
import { plan } from "../../plan/plan";
import type {} from "../config-meta"; // what `meta` may say

const secretsInit = "npm run secrets:init -- --stack STACK";
const cipher = (of: string) =>
  z
    .string()
    .min(16)
    .meta({
      description: `Encrypts ${of}. Lost, every backup is lost: keep a copy in the escrow.`,
      allowed: "at least 16 characters, the same in both stacks",
      fix: secretsInit,
    });
const webhookSecret = (whose: string, where: string) =>
  z
    .string()
    .min(16)
    .meta({
      description: `Signs ${whose} webhooks; enter the same at ${where}.`,
      allowed: "at least 16 characters, the same in both stacks",
      fix: secretsInit,
    });

/** The secrets, each a configuration key of its own: `smarteros:NAME`. */
export const secretsSchema = z.strictObject({
  postgresCipher: cipher("pgBackRest's repository"),
  filesCipher: cipher("restic's repository"),
  databasePasswords: z
    .strictObject(
      Object.fromEntries(databases(plan).map((d) => [d, z.string().min(12)])) as Record<string, z.ZodString>,
    )
    .meta({
      description: `Password of each database: ${databases(plan).join(", ")}.`,
      allowed: "JSON, by database, at least 12 characters each, the same in both stacks",
      fix: secretsInit,
    }),
  applicationKeys: z
    .strictObject(Object.fromEntries(keyNames.map((k) => [k, z.string().min(16)])) as Record<KeyName, z.ZodString>)
    .meta({
      description: `Keys without which restored data cannot be read: ${keyNames.join(", ")}.`,
      allowed: "JSON, by key, at least 16 characters each, the same in both stacks",
      fix: `${secretsInit}; of a site that is already running, its own keys`,
    }),
  shopifySecret: webhookSecret("Shopify's", "Shopify"),
  whatsappSecret: webhookSecret("WhatsApp's", "Meta"),
  vaultToken: z.string().min(8).optional().meta({
    description:
      "Reads the gateway's secrets and takes Vault's snapshots. Made at Vault's first start, restored with it.",
    allowed: "needed by a restore",
    fix: "token in the primary's output vaultEscrow, or the escrow",
  }),
  vaultUnsealShares: z.array(z.string().min(20)).min(1).optional().meta({
    description: "Open the restored Vault: at least its threshold of them.",
    allowed: 'JSON, ["share", ...]; needed by a restore',
    fix: "unsealShares in the primary's output vaultEscrow, or the escrow",
  }),
  vaultUnsealSharesNext: z.array(z.string().min(20)).min(1).optional().meta({
    description:
      "Made by smarter recover vault, and not Vault's yet: the same command again makes them so, and removes this.",
    allowed: "only while a recovery of Vault is under way",
    fix: "smarter recover vault",
  }),
  recoveryHostKey: z.string().includes("OPENSSH PRIVATE KEY").optional().meta({
    description: "Private host key of the server that is ordered, so that it is known before the server exists.",
    allowed: "an OpenSSH ed25519 key without a passphrase; needed with host.kind hetzner",
    fix: secretsInit,
  }),
  hostingerToken: z.string().min(16).optional().meta({
    description: "Lets the fence stop the old site's VPS.",
    allowed: "a token of Hostinger's API; only with site.fence.hostingerVirtualMachine",
    fix: "hPanel -> Account -> API -> new token",
  }),
  drillToken: z.string().min(16).optional().meta({
    description: "Bearer token of the stand-in applications' write endpoints.",
    allowed: "at least 16 characters; only with drill",
  }),
});

/** The site's secrets, in clear: only ever inside `pulumi.secret` outputs once they leave stacks/. */
export type SiteSecrets = z.infer<typeof secretsSchema>;
export type SecretName = keyof SiteSecrets;
