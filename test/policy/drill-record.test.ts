import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { drillRecordFiles, readDrillRecord } from "../../policy/plan/drill-record";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "drill-record-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function keep(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}
const drill = (startedAt: string) => JSON.stringify({ verdict: "recovered", startedAt, more: 1 });

describe("the record of the last drill", () => {
  it("is none where there was no drill", () => {
    expect(readDrillRecord(root)).toBeUndefined();
  });

  it("is the newer of the one made here and the one that the schedule committed", async () => {
    await keep(drillRecordFiles.committed, drill("2026-11-01T04:41:00.000Z"));
    expect(readDrillRecord(root)).toMatchObject({ verdict: "recovered", file: drillRecordFiles.committed });
    await keep(drillRecordFiles.here, drill("2026-11-02T00:00:00.000Z"));
    expect(readDrillRecord(root)).toMatchObject({
      startedAt: Date.parse("2026-11-02T00:00:00.000Z"),
      file: drillRecordFiles.here,
    });
  });

  it("is refused by name when it cannot be understood", async () => {
    await keep(drillRecordFiles.here, "{}");
    expect(() => readDrillRecord(root)).toThrow("drill-report/drill.json: no record of a drill (verdict, startedAt)");
  });
});
