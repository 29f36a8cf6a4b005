import { isDeepStrictEqual } from "node:util";
import { isUnknown, type CheckFailure, type DiffKind, type DiffResult, type Props } from "./provider";

export interface CompareOptions {
  /** Top-level inputs whose change replaces the resource; "all": every one. @default none */
  readonly replaceOn?: readonly string[] | "all";
  /** Top-level inputs whose change means nothing. @default none */
  readonly ignore?: readonly string[];
  /** Whether a replacement deletes first. @default false */
  readonly deleteBeforeReplace?: boolean;
  /** Whether two known values of this input mean the same, beyond deep equality. @default never */
  readonly same?: (key: string, before: unknown, after: unknown) => boolean;
}

/**
 * Compares inputs property by property, at the top level. Undefined, null and a missing key are the same.
 * An unknown value counts as a change (it may turn out to be none when it is known).
 */
export function compare(before: Props, after: Props, options: CompareOptions = {}): DiffResult {
  const { replaceOn = [], ignore = [], deleteBeforeReplace = false, same = () => false } = options;
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !ignore.includes(key) && !key.startsWith("__"),
  );
  const changed: Record<string, { kind: DiffKind; replace: boolean }> = {};
  for (const key of keys) {
    const [old, now] = [before[key] ?? undefined, after[key] ?? undefined];
    if (!isUnknown(now) && (isDeepStrictEqual(old, now) || same(key, old, now))) continue;
    const kind = old === undefined ? "add" : now === undefined ? "delete" : "update";
    changed[key] = { kind, replace: replaceOn === "all" || replaceOn.includes(key) };
  }
  return { changed, deleteBeforeReplace };
}

/** Whether anything differs. */
export const hasChanges = (diff: DiffResult): boolean => Object.keys(diff.changed).length > 0;

/** One failure for each input that is set but not in `supported`: a stand-in applies every input that it accepts. */
export function refuseUnsupported(resource: string, inputs: Props, supported: readonly string[]): CheckFailure[] {
  return Object.keys(inputs)
    .filter(
      (key) => !key.startsWith("__") && inputs[key] !== undefined && inputs[key] !== null && !supported.includes(key),
    )
    .map((property) => ({
      property,
      reason: `the stand-in for ${resource} does not implement "${property}"; implemented: ${supported.join(", ")}; fix: leave it out, or use the real plugin`,
    }));
}
