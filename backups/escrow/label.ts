import { createHash, createHmac, randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../contracts/manifest";
import { type EscrowContent, type EscrowItems, itemsOf } from "./content";

const body = z.strictObject({
  version: z.literal(1),
  stack: z.string(),
  recoveryStack: z.string().optional(),
  sealedAt: z.iso.datetime(),
  recipients: z.array(z.string()).min(1),
  /** Of the bundle's file. */
  sha256: z.string(),
  /** Base64. */
  salt: z.string(),
  /** By item: a digest that only who knows the ciphers can compute. */
  digests: z.record(z.string(), z.string()),
});

/**
 * What may be known of a bundle without opening it: it lies beside it, in the open (`FILE.label.json`).
 *
 * Digests and signature are HMACs with a key that scrypt makes of both cipher passwords and a salt: who has the stack can compare, who
 * finds the label can neither try guesses of a weak secret nor pass off another bundle. Who knows the ciphers reads the backups anyway.
 * See docs/decisions/escrow.md.
 */
export const escrowLabel = z.strictObject({ body, mac: z.string() });
export type EscrowLabel = z.infer<typeof escrowLabel>;

/** N of scrypt: about 0.1 s and 32 MiB. */
const scryptCost = 2 ** 15;

/** @throws Error when a cipher is missing, without which nothing could be restored either */
function labelKey(items: EscrowItems, salt: string): Buffer {
  const ciphers = ["smarteros:postgresCipher", "smarteros:filesCipher"].map((name) => {
    const cipher = items.get(name);
    if (cipher === undefined) throw new Error(`${name}: missing; fix: npm run secrets:init`);
    return cipher;
  });
  return scryptSync(JSON.stringify(ciphers), Buffer.from(salt, "base64"), 32, { N: scryptCost, maxmem: 64 * 2 ** 20 });
}

const hmac = (key: Buffer, text: string) => createHmac("sha256", key).update(text).digest("hex");
const digestOf = (key: Buffer, name: string, value: string) => hmac(key, JSON.stringify(["item", name, value]));
const macOf = (key: Buffer, signed: EscrowLabel["body"]) => hmac(key, `label\n${canonicalJson(signed)}`);
export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

export function makeLabel(content: EscrowContent, bundle: string, recipients: readonly string[]): EscrowLabel {
  const items = itemsOf(content);
  const salt = randomBytes(16).toString("base64");
  const key = labelKey(items, salt);
  const signed: EscrowLabel["body"] = {
    version: 1,
    stack: content.stack,
    ...(content.recoveryStack === undefined ? {} : { recoveryStack: content.recoveryStack }),
    sealedAt: content.sealedAt,
    recipients: [...recipients],
    sha256: sha256(bundle),
    salt,
    digests: Object.fromEntries([...items].map(([name, value]) => [name, digestOf(key, name, value)])),
  };
  return { body: signed, mac: macOf(key, signed) };
}

/** How a bundle's label stands to what the stack holds. Names alone, never values. */
export interface Comparison {
  /** False: the ciphers are others, or the label is not the one that was sealed. Then nothing else can be told. */
  readonly signed: boolean;
  readonly changed: readonly string[];
  /** In the stack, not in the bundle. */
  readonly missing: readonly string[];
  /** In the bundle, no longer in the stack. */
  readonly gone: readonly string[];
}

export function compare(label: EscrowLabel, now: EscrowContent): Comparison {
  const items = itemsOf(now);
  const key = labelKey(items, label.body.salt);
  const expected = Buffer.from(macOf(key, label.body));
  const claimed = Buffer.from(label.mac);
  const signed = expected.length === claimed.length && timingSafeEqual(expected, claimed);
  if (!signed) return { signed, changed: [], missing: [], gone: [] };
  const { digests } = label.body;
  return {
    signed,
    changed: [...items].flatMap(([name, value]) =>
      name in digests && digests[name] !== digestOf(key, name, value) ? [name] : [],
    ),
    missing: [...items.keys()].filter((name) => !(name in digests)),
    gone: Object.keys(digests).filter((name) => !items.has(name)),
  };
}
