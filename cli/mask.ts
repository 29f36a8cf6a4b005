import type { Output } from "./context";
import type { ClearConfig } from "./engine";

/** What is shown in a secret's place. */
const masked = "[secret]";

/** A shorter value would blot out ordinary words. */
const shortest = 6;

/** Replaces every secret of the settings, also those inside of structured values, in whatever is shown or written. */
export function masker({ values, secretKeys }: ClearConfig): (text: string) => string {
  const secrets = secretKeys
    .flatMap((key) => leaves(parse(values[key] ?? "")))
    .flatMap((value) => [value, ...value.split("\n")])
    .filter((value) => value.length >= shortest && !value.startsWith("-----"))
    .sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((shown, secret) => shown.replaceAll(secret, masked), text);
}

/** An output that shows no secret. */
export const maskedOutput = (output: Output, mask: (text: string) => string): Output => ({
  print: (text) => output.print(mask(text)),
  note: (text) => output.note(mask(text)),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a plain text
  }
}

const leaves = (value: unknown): string[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(leaves) : [String(value)];
