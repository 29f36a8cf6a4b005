import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DriftReport } from "../../drift/model";
import { keepDriftRecord, readDriftRecord } from "../../drift/record";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "drift-record-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const report: DriftReport = {
  stack: "primary",
  verdict: "drift",
  resources: [
    { urn: "urn:pulumi:primary::smarteros::aws:s3/bucket:Bucket::backups", type: "b", kind: "changed", changes: [] },
  ],
  unchecked: [{ urn: "", why: "policies: no engine" }],
  policies: [
    { policy: "bucket-versioning", level: "mandatory", urn: "u", message: "m" },
    { policy: "last-drill", level: "advisory", urn: "u", message: "m" },
  ],
  seconds: 1,
};

describe("the record of a drift check", () => {
  it("names what drifted and which mandatory policies are broken, and none of the values", async () => {
    await keepDriftRecord(report, { root, configFile: "/a/Pulumi.primary.yaml" });
    expect(await readDriftRecord({ stack: "primary", root, configFile: "/a/Pulumi.primary.yaml" })).toMatchObject({
      verdict: "drift",
      drifted: ["backups"],
      unchecked: [],
      broken: ["bucket-versioning"],
    });
  });

  it("says nothing of policies that were left out", async () => {
    await keepDriftRecord({ ...report, policies: [] }, { root, policies: false });
    expect((await readDriftRecord({ stack: "primary", root }))?.broken).toBeNull();
  });

  it("is none for other settings, another stack, and what cannot be understood", async () => {
    await keepDriftRecord(report, { root, configFile: "/a/Pulumi.primary.yaml" });
    expect(await readDriftRecord({ stack: "primary", root, configFile: "/b/Pulumi.primary.yaml" })).toBeUndefined();
    expect(await readDriftRecord({ stack: "recovery", root })).toBeUndefined();
    await writeFile(join(root, "drift-report", "primary.json"), '{"at":');
    expect(await readDriftRecord({ stack: "primary", root, configFile: "/a/Pulumi.primary.yaml" })).toBeUndefined();
  });
});
