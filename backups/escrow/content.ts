import { z } from "zod";

/**
 * What a restore needs and the site's own machines must not be the only ones to hold: the plain text of a bundle.
 * Values are by configuration key and as the engine has them: text, and JSON where it is no text.
 */
export const escrowContent = z.strictObject({
  version: z.literal(1),
  /** The stack that it was read from. */
  stack: z.string(),
  /** The recovery's own stack, when it was prepared: its server and host key were read from there. */
  recoveryStack: z.string().optional(),
  sealedAt: z.iso.datetime(),
  settings: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  /** `host` of the recovery's settings: what is ordered at Hetzner. */
  recoveryHost: z.looseObject({ kind: z.literal("hetzner") }),
});
export type EscrowContent = z.infer<typeof escrowContent>;

/** What is compared: settings and secrets, so that a bundle sealed twice from the same stack counts as the same. */
export type EscrowItems = ReadonlyMap<string, string>;

/**
 * Every setting and secret with its value; a map is taken apart, so that one can say which password is another.
 * @example "smarteros:site.images", "smarteros:databasePasswords.odoo"
 */
export function itemsOf({ settings, secrets, recoveryHost }: EscrowContent): EscrowItems {
  const all = { ...settings, ...secrets, recoveryHost: JSON.stringify(recoveryHost) };
  return new Map(
    Object.entries(all).flatMap(([key, text]) => {
      const value = asMap(text);
      return value
        ? Object.entries(value).map(([name, part]): [string, string] => [`${key}.${name}`, JSON.stringify(part)])
        : [[key, text] as [string, string]];
    }),
  );
}

function asMap(text: string): Record<string, unknown> | undefined {
  return text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : undefined;
}
