import { plan } from "../../plan/plan";
import type { Plan, Service } from "../../plan/model";
import { isViolation, unjudgedMessage, violationMessage } from "../../policy/core/message";
import type { Context, Finding, PolicyRule, Resource } from "../../policy/core/model";
import { strictest, type Settings } from "../../policy/core/settings";

export type Inputs = Readonly<Record<string, unknown>>;

/** A resource as the engine would send it. */
export const resource = (type: string, name: string, inputs: Inputs = {}, more: Partial<Resource> = {}): Resource => ({
  type,
  name,
  urn: `urn:pulumi:test::smarteros::${type}::${name}`,
  inputs,
  protect: false,
  ignoreChanges: [],
  uses: {},
  after: [],
  ...more,
});

/** A time for all tests. */
export const now = Date.parse("2026-11-24T12:00:00Z");

export const context = (more: { plan?: Plan; settings?: Partial<Settings>; now?: number } = {}): Context => ({
  plan: more.plan ?? plan,
  settings: { ...strictest, ...more.settings },
  now: more.now ?? now,
});

/** The plan with one service changed. */
export const planWith = (name: string, change: Partial<Service>, more: Partial<Plan> = {}): Plan => ({
  ...plan,
  ...more,
  services: plan.services.map((s) => (s.name === name ? { ...s, ...change } : s)),
});

/** What a policy is given, and what it is to say. */
export interface Situation {
  readonly resources: readonly Resource[];
  readonly context?: Context;
  /** Messages of violations, exactly, in order. */
  readonly says: readonly string[];
}

export interface Case {
  readonly compliant: readonly Omit<Situation, "says">[];
  readonly violating: readonly Situation[];
  /** With unknown values: violations, then "unknown: ..." for what is left to the update. A text: why there are none for this policy. */
  readonly unknown: Situation | string;
}

/** Everything that a rule says of some resources. */
export function findings(rule: PolicyRule, resources: readonly Resource[], given: Context): string[] {
  const text = (found: Finding, checked?: Resource) =>
    isViolation(found) ? violationMessage(found, checked) : `unknown: ${unjudgedMessage([found], checked)}`;
  if ("checkStack" in rule) return [...rule.checkStack(resources, given)].map((f) => text(f));
  return resources
    .filter((r) => rule.types === "every" || rule.types.includes(r.type))
    .flatMap((r) => [...rule.check(r, given)].map((f) => text(f, r)));
}

/** The message of something that only the update can judge. */
export const later = (resource: string, property: string) =>
  `unknown: known only at update, and judged then, before the resource is touched: ${resource} (${property})`;
