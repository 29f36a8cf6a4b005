import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sayError } from "../error-words";
import { errorSaid, joined, SaidError, verbatim } from "../said";
import { refused } from "./host";

/** A public key as Vault wants it: base64 of the binary. @throws Error for what is none */
export function pgpKeyOf(content: Buffer): string {
  const text = content.toString("latin1");
  if (text.includes("PRIVATE KEY BLOCK")) throw new SaidError(sayError("aPrivateKey"));
  const armored =
    /^-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+\r?\n)*?\r?\n([A-Za-z0-9+/=\s]+?)(?:\r?\n=[A-Za-z0-9+/]{4})?\s*-----END/m.exec(
      text,
    );
  if (armored) return armored[1]!.replaceAll(/\s/g, "");
  // The first octet of a binary one is the tag of a public key packet: RFC 9580, 4.2 and 5.5.
  if (content[0] === 0x98 || content[0] === 0x99 || content[0] === 0xc6) return content.toString("base64");
  throw new SaidError(sayError("notAPgpKey"));
}

/** @throws OperatorError naming the file */
export const readPgpKeys = (files: readonly string[]): Promise<string[]> =>
  Promise.all(
    files.map(async (file) => {
      try {
        return pgpKeyOf(await readFile(file));
      } catch (cause) {
        throw refused(joined([verbatim(`--pgp-keys: ${file}`), errorSaid(cause)], ": "));
      }
    }),
  );

/** Writes each holder's share, which only they can read. @returns the files */
export async function writeShares(
  folder: string,
  shares: readonly { readonly fingerprint: string; readonly message: string }[],
): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return Promise.all(
    shares.map(async ({ fingerprint, message }, index) => {
      const file = join(folder, `share-${index + 1}-for-${fingerprint}.pgp`);
      await writeFile(file, Buffer.from(message, "base64"), { mode: 0o600, flush: true });
      return file;
    }),
  );
}
