import { randomBytes } from "node:crypto";
import { utils } from "ssh2";

/** A pair of ed25519 keys as files hold them. */
export interface SshKey {
  /** OpenSSH's own PEM ("BEGIN OPENSSH PRIVATE KEY"), without a passphrase, ending in a newline. */
  readonly privateKey: string;
  /** One line of authorized_keys: "ssh-ed25519 AAAA... comment". */
  readonly publicKey: string;
}

/** @param comment Names the key in authorized_keys; one line. @throws when it has a line break or is empty */
export function newSshKey(comment: string): SshKey {
  if (!/^[^\r\n\0]+$/.test(comment)) {
    throw new Error(
      `SSH key comment: received ${JSON.stringify(comment)}; allowed: one non-empty line; fix: name the key's use`,
    );
  }
  let pair = utils.generateKeyPairSync("ed25519", { comment });
  // ssh2 1.17 drops a leading zero byte of the public key, so one pair in 256 is broken: draw again.
  // https://github.com/mscdex/ssh2/issues/1390
  while (publicKeyBytes(pair.public) !== wholePublicKeyBytes) pair = utils.generateKeyPairSync("ed25519", { comment });
  return { privateKey: pair.private.trimEnd() + "\n", publicKey: pair.public.trim() };
}

/** RFC 8709: string "ssh-ed25519", then string of the 32 bytes of the key; each string has a length of 4 bytes. */
const wholePublicKeyBytes = 4 + "ssh-ed25519".length + 4 + 32;

const publicKeyBytes = (line: string) => Buffer.from(line.split(" ")[1] ?? "", "base64").length;

/**
 * A random secret in base64url (letters, digits, "-" and "_"): safe in files, URLs and quoted shell words.
 * @param bytes Random bytes in it, at least 16. @default 32
 */
export function newSecret(bytes = 32): string {
  if (!Number.isInteger(bytes) || bytes < 16) {
    throw new Error(`secret: received ${bytes} bytes; allowed: a whole number from 16; fix: use 32, the default`);
  }
  return randomBytes(bytes).toString("base64url");
}

/** Bytes that a secret of `newSecret` holds. @throws when it is not base64url */
export function secretBytes(secret: string): Buffer {
  const bytes = Buffer.from(secret, "base64url");
  if (bytes.toString("base64url") !== secret) {
    throw new Error("secret: what was received is not unpadded base64url; fix: pass it as it was made");
  }
  return bytes;
}
