import type { StackRule } from "../core/model";
import { types } from "../core/types";
import { ofType } from "../core/values";
import { isOf } from "./keys-of";

/** One key a user: which key did what can be told, and a rotation leaves none behind. CIS AWS 1.13; NIST IA-5, AC-2. */
export const identityOneKey: StackRule = {
  name: "identity-one-key",
  demands: "A user has one key",
  maps: { cisAws: ["1.13"], nist: ["IA-5", "AC-2"] },
  *checkStack(resources) {
    const keys = ofType(resources, types.accessKey);
    for (const user of ofType(resources, types.user)) {
      const own = keys.filter((k) => isOf(k, user));
      if (own.length > 1)
        yield {
          resource: user,
          property: "AccessKey",
          value: own.map((k) => k.name),
          allowed: "one key",
          fix: "give the second purpose a user of its own",
        };
    }
  },
};
