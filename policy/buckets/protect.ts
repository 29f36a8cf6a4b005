import type { ResourceRule } from "../core/model";
import { bucketCompanions, types } from "../core/types";

/** Neither a bucket nor what keeps it safe goes with the stack or with a slip. (retainOnDelete cannot be seen by a policy.) NIST CP-9, CM-5. */
export const bucketProtect: ResourceRule = {
  name: "bucket-protect",
  demands: "A backup bucket and its companions are protected",
  maps: { nist: ["CP-9", "CM-5"] },
  types: [types.bucket, types.bucketReplication, ...Object.keys(bucketCompanions)],
  *check({ protect }) {
    if (!protect) yield { property: "options.protect", value: protect, allowed: "true", fix: "set protect: true" };
  },
};
