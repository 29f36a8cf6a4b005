import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { repoRoot, settingsFile } from "../toolchain/paths";
import type { DriftReport } from "./model";

/** What a drift check leaves behind for `smarter status`, which has no time to make one. */
const driftRecord = z.strictObject({
  /** When it was finished. */
  at: z.iso.datetime(),
  verdict: z.enum(["clean", "drift", "unchecked"]),
  /** Names of what drifted, and of what could not be asked. */
  drifted: z.array(z.string()),
  unchecked: z.array(z.string()),
  /** Mandatory policies that the program breaks; null: they were left out. */
  broken: z.array(z.string()).nullable(),
  /** Settings that the check was made with: another file is another site. */
  settings: z.string(),
});
export type DriftRecord = z.infer<typeof driftRecord>;

const recordFile = (stack: string, root: string) => join(root, "drift-report", `${stack}.json`);
const nameOf = ({ urn }: { readonly urn: string }) => urn.split("::").at(-1)!;

export interface DriftRecordArgs {
  readonly stack: string;
  /** @default Pulumi.<stack>.yaml */
  readonly configFile?: string;
  /** Folder in which `drift-report/` lies. @default the repository */
  readonly root?: string;
}

/** Keeps what a check found. @param policies false: the pack was left out of it */
export async function keepDriftRecord(
  report: DriftReport,
  { configFile, policies = true, root = repoRoot() }: Omit<DriftRecordArgs, "stack"> & { readonly policies?: boolean },
): Promise<void> {
  const { stack, verdict, resources, unchecked } = report;
  const file = recordFile(stack, root);
  const record: DriftRecord = {
    at: new Date().toISOString(),
    verdict,
    drifted: resources.map(nameOf),
    unchecked: unchecked.map(nameOf).filter((name) => name !== ""),
    broken: policies ? report.policies.filter(({ level }) => level === "mandatory").map(({ policy }) => policy) : null,
    settings: settingsFile(stack, configFile),
  };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
}

/** The last check of this stack with these settings; undefined: there was none, or what is there cannot be understood. */
export async function readDriftRecord({
  stack,
  configFile,
  root = repoRoot(),
}: DriftRecordArgs): Promise<DriftRecord | undefined> {
  const text = await readFile(recordFile(stack, root), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const record = driftRecord.parse(JSON.parse(text));
    return record.settings === settingsFile(stack, configFile) ? record : undefined;
  } catch {
    return undefined; // written by another version, or cut off: the next check writes it again
  }
}
