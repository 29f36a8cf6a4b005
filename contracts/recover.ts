import { z } from "zod";
import { restoreSpec } from "./agent";
import { gateSpec } from "./gate";

/** What `agent recover` reads on stdin: a cluster for the place of a damaged one, and what must hold of it before it takes that place. */
export const recoverSpec = z.strictObject({
  /** The cluster, into an empty folder beside the damaged one; its file sets are not touched here. */
  restore: restoreSpec.extend({ postgres: restoreSpec.shape.postgres.unwrap(), fileSets: z.array(z.never()) }),
  databases: z.array(z.string()),
  tenants: gateSpec.shape.tenants,
  odoo: gateSpec.shape.odoo,
  /** Odoo's file set: what rows name and the filestore lacks is brought from this snapshot (B6). Nothing that is there is touched. */
  files: z.strictObject({ path: z.string(), snapshot: z.string() }),
});
export type RecoverSpec = z.infer<typeof recoverSpec>;
