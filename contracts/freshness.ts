import { z } from "zod";
import type { ManifestBody } from "./manifest";

/** A module whose newest restorable point is held to an RPO, and what it consists of in a backup set. */
export const moduleTarget = z.strictObject({
  /** The service's name in the plan. */
  module: z.string(),
  /** The plan's RPO in seconds; 0 is an objective that backups cannot meet. */
  rpoSeconds: z.number().nonnegative(),
  /** Keeps data in the PostgreSQL cluster. */
  database: z.boolean(),
  /** Its own file sets, by the plan's names. */
  fileSets: z.array(z.string()),
});
export type ModuleTarget = z.infer<typeof moduleTarget>;

/**
 * The moment to which a set brings a module back: that of the oldest of its parts.
 * @returns undefined when the set lacks one of them
 */
export function restorableAt(body: ManifestBody, { database, fileSets }: ModuleTarget): Date | undefined {
  const files = fileSets.map((set) => body.files[set]?.takenAt);
  const parts = [...(database ? [body.consistentAt] : []), ...files];
  if (parts.length === 0 || parts.includes(undefined)) return undefined;
  return new Date(Math.min(...parts.map((time) => Date.parse(time!))));
}
