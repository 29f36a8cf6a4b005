import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

/** A policy input: the text of a JSON object. */
export const policySchema = z.string().refine(isJsonObject, { message: "allowed: the text of a JSON policy document" });

/** Whether two policies mean the same, however they are written. */
export function samePolicy(a: unknown, b: unknown): boolean {
  if (typeof a !== "string" || typeof b !== "string" || !isJsonObject(a) || !isJsonObject(b)) return false;
  return isDeepStrictEqual(normal(JSON.parse(a)), normal(JSON.parse(b)));
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false; // Not JSON is the answer, not a failure.
  }
}

/**
 * One value and a list of one are the same, and lists are sets; the order of statements counts for nothing either.
 * Source: IAM's "Grammar of the IAM JSON policy language".
 */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    return items.length === 1 ? items[0] : items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return String(value);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, normal(inner)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
