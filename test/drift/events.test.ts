import { describe, expect, it } from "vitest";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { changesBetween, seenIn } from "../../drift/events";
import { reportText } from "../../drift/report";

const urn = (name: string) => `urn:pulumi:primary::smarteros::aws:s3/bucket:Bucket::${name}`;
const read = (name: string, op: string, old: object, live: object | null) =>
  ({
    resOutputsEvent: {
      metadata: {
        op,
        urn: urn(name),
        type: "aws:s3/bucket:Bucket",
        old: { inputs: old, outputs: old },
        new: live && { inputs: live, outputs: live },
      },
    },
  }) as unknown as EngineEvent;

describe("the events of a refresh", () => {
  it("tell what changed, property by property, and what is gone", () => {
    const { drifted, read: seen } = seenIn([
      read("same", "same", { days: 30 }, { days: 30 }),
      read("changed", "update", { rule: { days: 30 }, tags: ["a"] }, { rule: { days: 1 }, tags: ["a", "b"] }),
      read("gone", "delete", { days: 30 }, null),
    ]);
    expect(drifted).toEqual([
      {
        urn: urn("changed"),
        type: "aws:s3/bucket:Bucket",
        kind: "changed",
        changes: [
          { path: "rule.days", expected: 30, actual: 1 },
          { path: "tags", expected: ["a"], actual: ["a", "b"] },
        ],
      },
      { urn: urn("gone"), type: "aws:s3/bucket:Bucket", kind: "deleted", changes: [] },
    ]);
    expect([...seen]).toEqual([urn("same"), urn("changed"), urn("gone")]);
  });
  it("keep an error apart from drift, under its resource", () => {
    const diagnostic = {
      diagnosticEvent: { severity: "error", urn: urn("dead"), message: "<{%reset%}>connection refused\n" },
    };
    const { drifted, errors } = seenIn([diagnostic as unknown as EngineEvent]);
    expect(drifted).toEqual([]);
    expect(errors.get(urn("dead"))).toBe("connection refused");
  });
  it("name a path once, and leave out the engine's own bookkeeping", () => {
    const state = (days: number, defaults: string[]) => ({ inputs: { days, __defaults: defaults }, outputs: { days } });
    expect(changesBetween(state(30, []) as never, state(1, ["x"]) as never)).toEqual([
      { path: "days", expected: 30, actual: 1 },
    ]);
  });
});

describe("the report for people", () => {
  const empty = { stack: "primary", resources: [], unchecked: [], policies: [], seconds: 4 };
  it("says how to reconcile", () => {
    const changes = [{ path: "rule.days", expected: 30, actual: undefined }];
    const resources = [{ urn: urn("lock"), type: "aws:s3/bucket:Bucket", kind: "changed" as const, changes }];
    const text = reportText({ ...empty, verdict: "drift", resources });
    expect(text).toContain("CHANGED   lock (aws:s3/bucket:Bucket)\n            rule.days: 30 -> (not there)");
    expect(text).toContain("pulumi up --refresh --stack primary");
  });
  it("does not call clean what it could not see", () =>
    expect(
      reportText({ ...empty, verdict: "unchecked", unchecked: [{ urn: urn("dead"), why: "no answer in 60 s" }] }),
    ).toMatch(/UNCHECKED dead: no answer in 60 s\n.*no drift seen, but 1 could not be checked/));
});
