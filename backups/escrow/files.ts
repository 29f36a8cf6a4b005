import { readFile, rename, writeFile } from "node:fs/promises";
import { escrowLabel, sha256, type EscrowLabel } from "./label";

export const labelFile = (file: string): string => `${file}.label.json`;

/** Each is replaced as a whole; a pair that was cut in two does not fit and says so when it is read. */
export async function writeBundle(file: string, bundle: string, label: EscrowLabel): Promise<void> {
  await replace(file, bundle);
  await replace(labelFile(file), `${JSON.stringify(label, null, 2)}\n`);
}

async function replace(file: string, text: string): Promise<void> {
  const next = `${file}.${process.pid}.tmp`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}

/** @throws Error when the label is not this bundle's */
export async function readLabelled(file: string): Promise<{ bundle: string; label: EscrowLabel }> {
  const bundle = await readFile(file, "utf8");
  const label = escrowLabel.parse(JSON.parse(await readFile(labelFile(file), "utf8")));
  if (sha256(bundle) !== label.body.sha256)
    throw new Error(
      `${file}: is not the bundle that ${labelFile(file)} was written for (its SHA-256 is another); fix: keep the two files together, or seal again`,
    );
  return { bundle, label };
}
