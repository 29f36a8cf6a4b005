import { readFile } from "node:fs/promises";
import { escrowContent, type EscrowContent } from "./content";

/** age-encryption is an ES module: it cannot be required. */
const age = () => import("age-encryption");

/**
 * Encrypts to all of these, each of whom can open it alone; armored, so that it survives a mail or a printer.
 * It is an ordinary age file: `age --decrypt --identity KEY FILE` opens it without this program.
 * @throws Error naming the recipient that is none
 */
export async function encrypt(content: EscrowContent, recipients: readonly string[]): Promise<string> {
  if (recipients.length === 0)
    throw new Error(
      "--recipient: missing; allowed: one or more of age1...; fix: age-keygen --output KEYFILE prints one",
    );
  const { armor, Encrypter } = await age();
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new Error(
        `--recipient: received ${JSON.stringify(shown(recipient))}; allowed: age1..., a public key; fix: age-keygen -y KEYFILE prints it`,
        { cause },
      );
    }
  }
  return armor.encode(await encrypter.encrypt(JSON.stringify(content)));
}

/** A private key given by mistake must not be repeated. */
const shown = (recipient: string) => (/secret/i.test(recipient) ? "a private key, which is not shown" : recipient);

/**
 * @param identities contents of an identity file
 * @throws Error when none of the keys opens the bundle, or what is in it is no escrow
 */
export async function decrypt(bundle: string, identities: readonly string[]): Promise<EscrowContent> {
  const { armor, Decrypter } = await age();
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  let text: string;
  try {
    text = await decrypter.decrypt(armor.decode(bundle), "text");
  } catch (cause) {
    throw new Error(
      `the bundle does not open: it is not for this key, or it is damaged (${(cause as Error).message}); fix: the key of one of its recipients, or another copy of the bundle`,
      { cause },
    );
  }
  return escrowContent.parse(JSON.parse(text));
}

/** The keys, or recipients, of a file with one a line and comments, as age-keygen writes it. @throws Error when there is none */
export async function readKeyFile(file: string, kind: "AGE-SECRET-KEY-" | "age1"): Promise<string[]> {
  const lines = (await readFile(file, "utf8"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length > 0 && lines.every((line) => line.startsWith(kind))) return lines;
  const hint =
    lines[0]?.startsWith("age-encryption.org") || lines[0]?.startsWith("-----BEGIN AGE")
      ? `; fix: it is locked by a passphrase: age --decrypt ${file} first`
      : "; fix: name the file that age-keygen wrote";
  throw new Error(`${file}: allowed: lines of ${kind}..., and comments${hint}`);
}
