import { expect, it } from "vitest";
import { gateResultIn, type GateResult } from "../../contracts/gate";

const result: GateResult = {
  passed: false,
  finishedAt: "2026-11-24T03:00:00.000Z",
  checks: [{ name: "tenant 76.123.456-0", ok: false, evidence: "1 of 4 attachments are gone" }],
};

it("is found in what the engine says of a gate that failed", () => {
  const said = `Process exited with status 2: running "docker run":\n{"level":"error"}\n${JSON.stringify(result)}\n`;
  expect(gateResultIn(said)).toEqual(result);
});

it("is none in what was cut off, or says nothing of a gate", () => {
  expect(gateResultIn(JSON.stringify(result).slice(0, 60))).toBeUndefined();
  expect(gateResultIn("the engine was killed")).toBeUndefined();
});
