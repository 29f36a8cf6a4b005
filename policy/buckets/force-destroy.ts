import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

/** A bucket that holds backups is never emptied in order to be removed. NIST CP-9, SI-12. */
export const bucketForceDestroy: ResourceRule = {
  name: "bucket-force-destroy",
  demands: "A backup bucket is never emptied by a destroy",
  maps: { nist: ["CP-9", "SI-12"] },
  types: [types.bucket],
  *check(resource) {
    const value = at(resource, "forceDestroy");
    if (value === UNKNOWN)
      yield {
        property: "forceDestroy",
        value,
        allowed: "false, as a literal",
        fix: "pass false itself, not an Output",
      };
    else if (value !== undefined && value !== false)
      yield { property: "forceDestroy", value, allowed: "false", fix: "remove it" };
  },
};
