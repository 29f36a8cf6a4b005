import { UNKNOWN, type Resource } from "./model";
import { at } from "./values";

/** One statement of an IAM or bucket policy, its lists always lists. */
export interface Statement {
  readonly sid: string;
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** As written: "*", or who. */
  readonly principal: unknown;
  readonly condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** NotAction, NotResource or NotPrincipal: grants by exception, which grant what nobody thought of. */
  readonly negated: boolean;
}

const list = (value: unknown): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value.map(String) : [String(value)];

/**
 * The statements of a resource's policy document, given as JSON text or as an object.
 * @returns UNKNOWN when it is not known yet
 */
export function statementsOf(resource: Resource, property = "policy"): readonly Statement[] | typeof UNKNOWN {
  const given = at(resource, property);
  if (given === UNKNOWN) return UNKNOWN;
  const document = (typeof given === "string" ? JSON.parse(given) : (given ?? {})) as { Statement?: unknown };
  const all = Array.isArray(document.Statement) ? document.Statement : document.Statement ? [document.Statement] : [];
  return all.map((raw: Record<string, unknown>, index): Statement => ({
    sid: typeof raw["Sid"] === "string" ? raw["Sid"] : `#${index}`,
    effect: String(raw["Effect"]),
    actions: list(raw["Action"]),
    resources: list(raw["Resource"]),
    principal: raw["Principal"],
    condition: (raw["Condition"] ?? {}) as Statement["condition"],
    negated: ["NotAction", "NotResource", "NotPrincipal"].some((key) => key in raw),
  }));
}

export const allows = (s: Statement) => s.effect === "Allow";

/** Whether a pattern (with `*` at its end, or none) is at least as wide as another. */
export const covers = (wide: string, narrow: string): boolean =>
  wide.endsWith("*") ? narrow.startsWith(wide.slice(0, -1)) : wide === narrow;

/** Whether an action of a policy ("s3:*", "s3:Put*") stands for one. */
export const actionCovers = (pattern: string, action: string): boolean =>
  covers(pattern.toLowerCase(), action.toLowerCase());
