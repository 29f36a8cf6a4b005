import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { expect, it } from "vitest";
import { exitCodes, reportOf, reportText } from "../../policy/report";

const policy = (level: string, message = "m") =>
  ({
    policyEvent: { policyName: "p", enforcementLevel: level, resourceUrn: "urn", message, color: "" },
  }) as unknown as EngineEvent;
const error = {
  diagnosticEvent: { severity: "error", message: "<{%red%}>no such stack<{%reset%}>" },
} as unknown as EngineEvent;
const ended = (exitCode: number, output = "") => ({ exitCode, output, seconds: 2.04 });

it("is clean with advice alone", () => {
  expect(reportOf("s", [policy("advisory"), policy("advisory")], ended(0))).toEqual({
    stack: "s",
    verdict: "clean",
    messages: [{ policy: "p", level: "advisory", urn: "urn", message: "m" }],
    errors: [],
    seconds: 2,
  });
});

it("lists violations first, and says what else failed", () => {
  const report = reportOf("s", [policy("advisory", "a"), policy("mandatory", "v"), error], ended(255));
  expect([report.verdict, report.messages.map((m) => m.message), report.errors]).toEqual([
    "violations",
    ["v", "a"],
    ["no such stack"],
  ]);
  expect(reportText(report)).toMatch(
    /VIOLATION {2}p\n +v\nadvice {5}p\n +a\nERROR {6}no such stack\n1 violation in stack s/,
  );
});

it("is unchecked when the preview fails for another reason", () => {
  expect(reportOf("s", [error], ended(255))).toMatchObject({ verdict: "unchecked", errors: ["no such stack"] });
  expect(reportOf("s", [], ended(255, "error: unknown flag"))).toMatchObject({
    verdict: "unchecked",
    errors: ["error: unknown flag"],
  });
  expect([exitCodes.clean, exitCodes.violations, exitCodes.unchecked]).toEqual([0, 1, 2]);
});
