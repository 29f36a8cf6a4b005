import { createCipheriv, createDecipheriv, createHash, randomBytes, scryptSync } from "node:crypto";
import type { Pool } from "pg";
import { check, describe, type Check } from "./role";

/** Encrypts and decrypts with one application key. */
export interface Box {
  /** Text form: `v1.<iv>.<tag>.<ciphertext>`, each base64url. */
  seal(plain: string): string;
  /** @throws when the value was sealed with another key, or altered. */
  open(sealed: string): string;
}

/** AES-256-GCM under a key derived by scrypt. @param salt what the application adds to its key, where it does */
export function box(secret: string, salt = "smarteros"): Box {
  const key = scryptSync(secret, salt, 32);
  return {
    seal(plain) {
      const iv = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, iv);
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return ["v1", ...[iv, cipher.getAuthTag(), body].map((part) => part.toString("base64url"))].join(".");
    },
    open(sealed) {
      const [version, iv, tag, body] = sealed.split(".");
      if (version !== "v1" || !iv || !tag || body === undefined) throw new Error("not a sealed value");
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"));
      decipher.setAuthTag(Buffer.from(tag, "base64url"));
      return Buffer.concat([decipher.update(Buffer.from(body, "base64url")), decipher.final()]).toString("utf8");
    },
  };
}

/** Tells keys apart without giving one away: the first 16 hex digits of a hash. */
export const fingerprint = (secret: string) =>
  createHash("sha256").update(`fingerprint\n${secret}`).digest("hex").slice(0, 16);

/** One key of an application, and the column that holds what is sealed with it. */
export interface KeyedColumn {
  /** The environment's name of the key, for messages. */
  readonly key: string;
  readonly box: Box;
  /** SQL: the newest first of the sealed values, one column named `sealed`. */
  readonly sealedValues: string;
}

/** Newest sealed values that a health check decrypts: decryption is cheap, and one wrong key fails on every value. */
const sample = 20;

/** Schema of the canaries. */
export const keyCanarySchema = `CREATE TABLE IF NOT EXISTS key_canaries (key text PRIMARY KEY, sealed text NOT NULL);`;

/** Whether this database has never been served before: no key has sealed anything in it. */
export async function isFirstStart(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query("SELECT FROM key_canaries LIMIT 1");
  return rowCount === 0;
}

/**
 * Seals a canary with each key at the first start on an empty database. From then on, and after every restore, a key
 * other than the first one is found out, even before the application has stored anything else.
 */
export async function sealCanaries(pool: Pool, columns: readonly KeyedColumn[]): Promise<void> {
  for (const column of columns) {
    await pool.query("INSERT INTO key_canaries (key, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING", [
      column.key,
      column.box.seal(column.key),
    ]);
  }
}

/** Passes when every key decrypts its canary and the newest values sealed with it. */
export function checkKeys(pool: Pool, columns: readonly KeyedColumn[]): Promise<Check> {
  return check("keys", async () => {
    const counts: string[] = [];
    for (const column of columns) {
      const { rows } = await pool.query<{ sealed: string }>(
        `(SELECT sealed FROM key_canaries WHERE key = $1) UNION ALL (SELECT sealed FROM (${column.sealedValues}) AS newest LIMIT ${sample})`,
        [column.key],
      );
      if (rows.length === 0) throw new Error(`${column.key}: its canary is missing from the database`);
      rows.forEach(({ sealed }) => openOrExplain(column, sealed));
      counts.push(`${column.key} decrypts ${rows.length}`);
    }
    return counts.join(", ");
  });
}

function openOrExplain(column: KeyedColumn, sealed: string): void {
  try {
    column.box.open(sealed);
  } catch (error) {
    throw new Error(
      `${column.key} does not decrypt what the database holds (${describe(error)}); fix: deliver the key that this data was written with`,
    );
  }
}
