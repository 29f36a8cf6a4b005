import type { Resource } from "../core/model";
import { at, refersTo } from "../core/values";

/** Whether a key or policy is of a user. A user's name may be the provider's choice, and then is known at update alone. */
export const isOf = (of: Resource, user: Resource): boolean =>
  refersTo(
    of,
    "user",
    user,
    [at(user, "name")].filter((n) => typeof n === "string"),
  );
