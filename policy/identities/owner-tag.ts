import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isText } from "../core/values";

/** Who answers for an identity, and which site it is of, is on it. NIST AC-2, IA-4. */
export const identityOwnerTag: ResourceRule = {
  name: "identity-owner-tag",
  demands: "Every identity names its owner and its site",
  maps: { nist: ["AC-2", "IA-4"] },
  types: [types.user],
  *check(resource) {
    for (const tag of ["owner", "site"])
      yield* expect(resource, `tags.${tag}`, { is: isText, allowed: "a name", fix: `set tags.${tag}` });
  },
};
