import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the last drill left behind. */
export interface DrillRecord {
  readonly verdict: string;
  /** ms since the epoch. */
  readonly startedAt: number;
  /** Where it is kept, from the repository's root. */
  readonly file: string;
}

/** Where a drill on this machine keeps its record, and where the schedule commits that of its own. */
export const drillRecordFiles = {
  here: join("drill-report", "drill.json"),
  committed: join("docs", "drills", "latest.json"),
} as const;

/** The record of the last drill, here or committed; undefined when there was none. @throws when a record cannot be understood */
export function readDrillRecord(root = join(__dirname, "..", "..")): DrillRecord | undefined {
  return Object.values(drillRecordFiles)
    .flatMap((file) => recordIn(root, file))
    .sort((a, b) => b.startedAt - a.startedAt)[0];
}

function recordIn(root: string, file: string): DrillRecord[] {
  let text: string;
  try {
    text = readFileSync(join(root, file), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw cause;
  }
  // Two fields of drill/result.ts, read without its schema: loading zod would cost each preview more than all policies together.
  const { verdict, startedAt } = JSON.parse(text) as { verdict?: unknown; startedAt?: unknown };
  const at = Date.parse(String(startedAt));
  if (typeof verdict !== "string" || Number.isNaN(at))
    throw new Error(`${file}: no record of a drill (verdict, startedAt); fix: npm run drill, which writes it again`);
  return [{ verdict, startedAt: at, file }];
}
