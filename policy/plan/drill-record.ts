import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the last drill left behind. */
export interface DrillRecord {
  readonly verdict: string;
  /** ms since the epoch. */
  readonly startedAt: number;
}

export const drillRecordFile = join("drill-report", "drill.json");

/** The record of the last drill, which the drill keeps with its report; undefined when there was none. @throws when the record cannot be understood */
export function readDrillRecord(root = join(__dirname, "..", "..")): DrillRecord | undefined {
  const file = join(root, drillRecordFile);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
  // Two fields of drill/result.ts, read without its schema: loading zod would cost each preview more than all policies together.
  const { verdict, startedAt } = JSON.parse(text) as { verdict?: unknown; startedAt?: unknown };
  const at = Date.parse(String(startedAt));
  if (typeof verdict !== "string" || Number.isNaN(at))
    throw new Error(`${file}: no record of a drill (verdict, startedAt); fix: npm run drill, which writes it again`);
  return { verdict, startedAt: at };
}
