import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { moduleTargets } from "../../components/services/agent";
import { bytes, duration } from "../../drill/report/format";
import { inline, list, table } from "../../drill/report/markdown-text";
import type { Plan } from "../../plan/model";
import { seconds } from "../../plan/units";

const verifiedModule = z.strictObject({
  name: z.string(),
  /** verified: restored, decrypted, and all that was looked at holds. failed: something does not. not-reached: what came before it failed. */
  result: z.enum(["verified", "failed", "not-reached"]),
  /** Restore of its own parts, and the start of its service until it is healthy; null: it was not reached. */
  seconds: z.number().nonnegative().nullable(),
  /** What was restored and looked at, and what was seen; or why it failed. */
  evidence: z.array(z.string()),
  /** The last time that it was verified, in this run or an earlier one; null: never. */
  lastVerified: z.strictObject({ at: z.iso.datetime(), manifest: z.string() }).nullable(),
});
export type VerifiedModule = z.infer<typeof verifiedModule>;

/** What one verification found. Strict: an unknown field is an error, and so is a "verified" that the rest contradicts. */
export const verificationRecord = z
  .strictObject({
    verdict: z.enum(["verified", "failed"]),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    /** From the start to the last check, without the removal of the scratch host. */
    seconds: z.number().nonnegative(),
    domain: z.string(),
    /** Null: none was found, or it is not known which. */
    set: z
      .strictObject({
        generation: z.number().int().min(1),
        manifest: z.string(),
        consistentAt: z.iso.datetime(),
        /** When the verification began. */
        ageSeconds: z.number(),
        databaseBytes: z.number().int(),
        /** Newer sets that are not valid, with the reason. */
        skipped: z.array(z.strictObject({ key: z.string(), reason: z.string() })),
      })
      .nullable(),
    modules: z.array(verifiedModule).min(1),
    /** Why it failed as a whole; null: it did not. */
    problem: z.string().nullable(),
    /** Null: everything of the scratch host was removed. Else what hindered it; the next verification removes it first. */
    leftBehind: z.string().nullable(),
  })
  .superRefine((record, context) => {
    const contradictions = [
      ...(record.set === null ? ["set is null"] : []),
      ...(record.problem === null ? [] : ["problem is not null"]),
      ...record.modules
        .filter(({ result }) => result !== "verified")
        .map(({ name, result }) => `module ${name} is ${result}`),
    ];
    if (record.verdict === "verified")
      for (const contradiction of contradictions)
        context.addIssue({ code: "custom", path: ["verdict"], message: `received "verified", but ${contradiction}` });
  });
export type VerificationRecord = z.infer<typeof verificationRecord>;

/** Where the record of the last verification is kept, in the repository: committed by the schedule, read by the audit. */
export const verificationFolder = join("docs", "verifications");
const recordName = "latest.json";

/** Of the last verification; undefined: there was none. @throws when it cannot be read or understood */
export async function readVerification(folder: string): Promise<VerificationRecord | undefined> {
  const file = join(folder, recordName);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const read = verificationRecord.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  throw new Error(
    `${file}: no record of a verification: ${z.prettifyError(read.error)}; fix: npm run backups:verify, which writes it again`,
  );
}

/** As JSON, and as Markdown for people. @returns the JSON's file */
export async function writeVerification(folder: string, record: VerificationRecord): Promise<string> {
  const file = join(folder, recordName);
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`);
  await writeFile(join(folder, "latest.md"), verificationMarkdown(record));
  return file;
}

/** How long ago a module was verified, against the plan's limit. */
export interface ModuleAge {
  readonly module: string;
  readonly at?: string;
  /** Undefined: it never was. */
  readonly ageSeconds?: number;
  readonly stale: boolean;
}

/** Of every module that keeps data. @param now milliseconds since the epoch */
export function verificationAges(
  record: VerificationRecord | undefined,
  plan: Pick<Plan, "verifyEvery">,
  now: number,
): ModuleAge[] {
  const limit = seconds(plan.verifyEvery);
  return moduleTargets().map(({ module }) => {
    const at = record?.modules.find(({ name }) => name === module)?.lastVerified?.at;
    if (at === undefined) return { module, stale: true };
    const ageSeconds = (now - Date.parse(at)) / 1_000;
    return { module, at, ageSeconds, stale: ageSeconds > limit };
  });
}

const age = (s: number) => duration(Math.max(0, s), "en");

/** For people. */
export function verificationMarkdown(record: VerificationRecord): string {
  const { set } = record;
  const facts = [
    `Begun ${record.startedAt}, took ${age(record.seconds)}.`,
    set
      ? `Set: ${set.manifest}, consistent at ${set.consistentAt}, ${age(set.ageSeconds)} old when the verification began; databases: ${bytes(set.databaseBytes, "en")}.`
      : "No set was restored.",
    ...(set?.skipped ?? []).map(({ key, reason }) => `Passed over ${key}: ${reason}.`),
    ...(record.problem === null ? [] : [`Problem: ${record.problem}`]),
    record.leftBehind === null
      ? "The scratch host was removed."
      : `The scratch host was NOT removed: ${record.leftBehind}`,
  ];
  const rows = record.modules.map(({ name, result, seconds: s, evidence, lastVerified }) => [
    name,
    result,
    s === null ? "-" : age(s),
    lastVerified?.at ?? "never",
    evidence.join("; "),
  ]);
  return `${[`# Backups of ${inline(record.domain)}: ${record.verdict}`, list(facts), table(["Module", "Result", "Took", "Last verified", "Evidence"], rows)].join("\n\n")}\n`;
}
