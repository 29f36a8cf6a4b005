import { z } from "zod";
import type { Said } from "../words/said";
import { sayConfig } from "./problem-words";
import { settingSaid } from "./setting-words";

/** What is read of a JSON schema, with its `meta` (config-meta.ts). */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly oneOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly required?: readonly string[];
  readonly const?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly allowed?: string;
  readonly fix?: string;
  readonly unit?: string;
}

/** The schema of what a person writes (before durations and sizes become numbers). */
export const inputSchema = (schema: z.ZodType): SchemaNode =>
  z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as SchemaNode;

type Path = readonly PropertyKey[];

/** Its children of that name: those of every variant, where there are variants. */
const children = (node: SchemaNode, key: PropertyKey): SchemaNode[] => {
  const child = typeof key === "number" ? node.items : node.properties?.[String(key)];
  return [...(child ? [child] : []), ...(node.oneOf ?? []).flatMap((variant) => children(variant, key))];
};

/** From the root down to the property, as far as the schema goes. */
function nodesAlong(root: SchemaNode, path: Path): SchemaNode[] {
  const nodes = [root];
  for (const key of path) {
    const [child] = children(nodes.at(-1)!, key);
    if (!child) break;
    nodes.push(child);
  }
  return nodes;
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key], root);

const written = (root: string, path: Path) =>
  path.reduce<string>((text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}.${String(key)}`), root);

export interface ProblemsArgs {
  /** The configuration key. @example "smarteros:site" */
  readonly key: string;
  readonly schema: z.ZodType;
  readonly value: unknown;
  /** A secret's value is never part of a message. @default false */
  readonly secret?: boolean;
}

/** Every problem of one configuration key, in words: the property, what was received, what is allowed, the fix. */
export function problemsOf(error: z.ZodError, { key, schema, value, secret = false }: ProblemsArgs): Said[] {
  const root = inputSchema(schema);
  return error.issues.flatMap((issue) => {
    const nodes = nodesAlong(root, issue.path);
    if (issue.code === "unrecognized_keys") {
      const known = nodes.at(-1)!;
      const allowed = [...new Set([known, ...(known.oneOf ?? [])].flatMap((n) => Object.keys(n.properties ?? {})))];
      return issue.keys.map((unknown) =>
        sayConfig("unknownKey", written(key, [...issue.path, unknown]), allowed.join(", ")),
      );
    }
    const path = written(key, issue.path);
    // The schemas' own rules are whole; zod's know neither the fix nor what a secret is.
    const rule = issue.code === "custom" ? (issue.params?.["said"] as Said | undefined) : undefined;
    if (!secret && rule) return [sayConfig("ruleOf", path, rule)];
    const told = nodes.findLast((n) => n.allowed !== undefined);
    const at = valueAt(value, issue.path);
    const allowed = settingSaid(told?.allowed ?? issue.message);
    const fix = told?.fix ? settingSaid(told.fix) : sayConfig(at === undefined ? "setIt" : "correctIt");
    if (at === undefined) return [sayConfig("missing", path, allowed, fix)];
    return [
      secret
        ? sayConfig("wrongSecret", path, allowed, fix)
        : sayConfig("wrong", path, JSON.stringify(at), allowed, fix),
    ];
  });
}
