import type { StackRule } from "../core/model";
import { types } from "../core/types";
import { ofType } from "../core/values";
import { isOf } from "./keys-of";

/** A key is of a user of this stack (whose owner is on its tags) and is made after that user's limits. NIST AC-2, AC-6, IA-5. */
export const identityKeyLimited: StackRule = {
  name: "identity-key-limited",
  demands: "No key without a user that names its owner, or before the limits of that user",
  maps: { nist: ["AC-2", "AC-6", "IA-5"] },
  *checkStack(resources) {
    const users = ofType(resources, types.user);
    const policies = ofType(resources, types.userPolicy);
    for (const key of ofType(resources, types.accessKey)) {
      const user = users.find((u) => isOf(key, u));
      if (!user) {
        yield {
          resource: key,
          property: "user",
          value: key.inputs["user"],
          allowed: "a User of this stack, with an owner tag",
          fix: "use components/backup-identity.ts",
        };
        continue;
      }
      if (!policies.some((p) => isOf(p, user) && key.after.includes(p.urn))) {
        yield {
          resource: key,
          property: "options.dependsOn",
          value: undefined,
          allowed: `the UserPolicy of ${user.name}`,
          fix: "let the key depend on the policy, so that it never exists without limits",
        };
      }
    }
  },
};
