import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, listAt } from "../core/values";

/** Days after which parts of an upload that never ended are worth nothing. */
const longest = 7;

/** Parts of uploads that never ended are removed: no list shows them, and they are paid for. CKV_AWS_300; NIST AU-4. */
export const bucketAbortedUploads: ResourceRule = {
  name: "bucket-aborted-uploads",
  demands: "Uploads that never ended are cleaned up",
  maps: { checkov: ["CKV_AWS_300"], nist: ["AU-4"] },
  types: [types.bucketLifecycle],
  *check(resource) {
    const rules = listAt(resource, "rules");
    if (rules === UNKNOWN) return yield { property: "rules", unknown: true };
    const days = [...rules.keys()]
      .filter((i) => at(resource, `rules[${i}].status`) === "Enabled")
      .map((i) => at(resource, `rules[${i}].abortIncompleteMultipartUpload.daysAfterInitiation`));
    if (days.some((d) => typeof d === "number" && d <= longest)) return;
    if (days.includes(UNKNOWN))
      return yield { property: "rules[].abortIncompleteMultipartUpload.daysAfterInitiation", unknown: true };
    yield {
      property: "rules[].abortIncompleteMultipartUpload.daysAfterInitiation",
      value: days.find((d) => d !== undefined),
      allowed: `at most ${longest} days`,
      fix: "add an enabled rule with abortIncompleteMultipartUpload.daysAfterInitiation: 2",
    };
  },
};
