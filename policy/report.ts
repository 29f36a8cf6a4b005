import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { plainMessage } from "../engine/events";
import type { Level } from "./core/model";

/** One message of a policy. */
export interface PolicyMessage {
  readonly policy: string;
  readonly level: Level;
  /** The resource, or the stack. */
  readonly urn: string;
  readonly message: string;
}

export interface PolicyReport {
  readonly stack: string;
  /** violations: at least one mandatory one. unchecked: the preview failed for another reason, so that "none" says nothing. */
  readonly verdict: "clean" | "violations" | "unchecked";
  readonly messages: readonly PolicyMessage[];
  /** What the engine and the program said went wrong, where that is not a policy's message. */
  readonly errors: readonly string[];
  readonly seconds: number;
}

/** The exit code of each verdict. */
export const exitCodes = { clean: 0, violations: 1, unchecked: 2 } as const;

/** Reads the engine's events (JSON lines) of one preview. */
export function reportOf(
  stack: string,
  events: readonly EngineEvent[],
  preview: { exitCode: number; output: string; seconds: number },
): PolicyReport {
  const seen = new Map<string, PolicyMessage>();
  const errors = new Set<string>();
  for (const { policyEvent, diagnosticEvent } of events) {
    if (policyEvent) {
      const message: PolicyMessage = {
        policy: policyEvent.policyName,
        level: policyEvent.enforcementLevel === "mandatory" ? "mandatory" : "advisory",
        urn: policyEvent.resourceUrn ?? "",
        message: plainMessage(policyEvent.message),
      };
      seen.set(JSON.stringify(message), message);
    }
    // "preview failed" is the engine's last word on a violation, too.
    if (diagnosticEvent?.severity === "error" && !/^preview failed$/.test(plainMessage(diagnosticEvent.message)))
      errors.add(plainMessage(diagnosticEvent.message));
  }
  const messages = [...seen.values()].sort((a, b) => Number(a.level === "advisory") - Number(b.level === "advisory"));
  const violated = messages.some((m) => m.level === "mandatory");
  const verdict = violated ? "violations" : preview.exitCode === 0 ? "clean" : "unchecked";
  if (verdict === "unchecked" && errors.size === 0)
    errors.add(plainMessage(preview.output).split("\n").slice(-10).join("\n"));
  return { stack, verdict, messages, errors: [...errors], seconds: Math.round(preview.seconds * 10) / 10 };
}

/** For people. */
export function reportText(report: PolicyReport): string {
  const lines = report.messages.map(
    (m) => `${m.level === "mandatory" ? "VIOLATION" : "advice   "}  ${m.policy}\n             ${m.message}`,
  );
  const violations = report.messages.filter((m) => m.level === "mandatory").length;
  const last = {
    clean: `no violation in stack ${report.stack} (${report.seconds} s)`,
    violations: `${violations} violation${violations === 1 ? "" : "s"} in stack ${report.stack} (${report.seconds} s); see docs/policies.md`,
    unchecked: `stack ${report.stack} could not be checked; fix what the preview says, then run it again`,
  }[report.verdict];
  return [...lines, ...report.errors.map((e) => `ERROR      ${e}`), last].join("\n");
}
