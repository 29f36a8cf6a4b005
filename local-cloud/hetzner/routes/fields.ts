import { z } from "zod";

/** Request fields that several resources share. */
export const labelsField = z.record(z.string().regex(/^[\w./-]{1,127}$/), z.string().regex(/^[\w.-]{0,63}$/));
/** A valid host name as per RFC 1123. */
export const hostnameField = z
  .string()
  .regex(/^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/);
export const nameField = z.string().min(1).max(128);
/** Ids arrive as numbers, and names in the same field as strings. */
export const idOrName = z.union([z.number().int(), z.string()]);

/** The entity that `value` names, by id or by name. */
export const byIdOrName = <T extends { id: number; name: string }>(
  all: readonly T[],
  value: number | string,
): T | undefined => all.find((entity) => entity.id === Number(value) || entity.name === value);
