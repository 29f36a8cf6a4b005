import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isUnknown, type CheckFailure, type Props } from "../provider";

/** One failure for each input that the schema refuses; what is not known yet is not judged. */
export function failures(type: string, schema: z.ZodType, inputs: Props): CheckFailure[] {
  const result = schema.safeParse(withoutInternals(inputs));
  if (result.success) return [];
  return result.error.issues.flatMap((issue): CheckFailure[] => {
    const value = issue.path.reduce<any>((at, key) => at?.[key], inputs);
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({
        property: pathText([...issue.path, key]),
        reason: `the stand-in for ${type} does not implement "${key}"; fix: leave it out, or use the real plugin`,
      }));
    }
    if (isUnknown(value)) return [];
    return [{ property: pathText(issue.path), reason: `received ${JSON.stringify(value)}; ${issue.message}` }];
  });
}

const withoutInternals = (inputs: Props) =>
  Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));

const pathText = (path: readonly PropertyKey[]) =>
  path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i ? "." : ""}${String(key)}`)).join("");

/** A name of one's own when the program gives none: kept from the last time, else `<resource>-<7 hex digits>`. */
export function autoName(name: string, given: string | undefined, old: string | undefined): string {
  return given ?? old ?? `${name}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** Undefined instead of an error when the API answers 404. */
export async function orGone<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation;
  } catch (error) {
    if ((error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404) return undefined;
    throw error;
  }
}

/** Without undefined, null and empty lists and objects: what is left out and what is empty mean the same to the APIs. */
export function compact<T>(value: T): T {
  if (Array.isArray(value)) return value.map(compact) as T;
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, compact(inner)] as const)
    .filter(
      ([, inner]) =>
        inner !== undefined && inner !== null && !(typeof inner === "object" && Object.keys(inner).length === 0),
    );
  return Object.fromEntries(kept) as T;
}

export const same = (a: unknown, b: unknown) => isDeepStrictEqual(compact(a), compact(b));

/**
 * The inputs that would make the live resource: an input whose meaning did not drift stays exactly as the program wrote it.
 * @param known The program's last inputs; empty on an import.
 * @param meaning The same, normalised as `live` is.
 */
export function reconcile(
  known: Props,
  meaning: Props,
  live: Props,
  equal: (key: string, a: unknown, b: unknown) => boolean = () => false,
): Props {
  const keys = [...new Set([...Object.keys(known), ...Object.keys(live)])];
  return Object.fromEntries(
    keys
      .map(
        (key) =>
          [key, same(meaning[key], live[key]) || equal(key, meaning[key], live[key]) ? known[key] : live[key]] as const,
      )
      .filter(([, value]) => value !== undefined),
  );
}

/** A resource without a region of its own is in the provider's. */
export const sameRegion = (provider: string) => (key: string, a: unknown, b: unknown) =>
  key === "region" && (a ?? provider) === (b ?? provider);

/** `name` or `name@region`: what a regional resource is imported by. */
export function parseId(id: string, known: Props): { name: string; region: string | undefined } {
  const [name = "", region] = id.split("@");
  return { name, region: region ?? known["region"] };
}

/** Tags as AWS's APIs list them. */
export const toTags = (tags: Record<string, string> | undefined) =>
  Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value }));

export function fromTags(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): Record<string, string> | undefined {
  return tags?.length ? Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value])) : undefined;
}

export const tagsSchema = z.record(z.string(), z.string()).optional();
