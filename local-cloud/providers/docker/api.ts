import { randomBytes } from "node:crypto";
import type { Context, Props } from "../provider";

/** Result of a call, or undefined when the engine says that there is no such thing. */
export const unlessMissing = <T>(call: Promise<T>): Promise<T | undefined> =>
  call.catch((error: unknown) => {
    if (statusCode(error) === 404) return undefined;
    throw error;
  });

/** HTTP status of the engine's answer; undefined when it did not answer. */
export const statusCode = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;

/** An error with what was being done, and the engine's own words. */
export const failed =
  (what: string) =>
  (error: unknown): never => {
    const { json, message } = error as { json?: { message?: string }; message: string };
    throw new Error(`Unable to ${what}: ${json?.message ?? message}`, { cause: error });
  };

/** The name that a resource without one gets, kept over updates. @example "web-1a2b3c4" */
export const autoName = (context: Context<unknown>, inputs: Props, old: Props | undefined): string =>
  inputs["name"] ?? old?.["name"] ?? `${context.name}-${randomBytes(4).toString("hex").slice(0, 7)}`;

interface Label {
  readonly label: string;
  readonly value: string;
}

/** Labels as the engine takes them. */
export const labelMap = (labels: readonly Label[] = []): Record<string, string> =>
  Object.fromEntries(labels.map(({ label, value }) => [label, value]));

/** The same list in an order that depends on its content alone: for lists whose order means nothing. */
export const sorted = <T>(list: T): T =>
  Array.isArray(list) ? ([...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) as T) : list;
