import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

const demands = { ssh_pwauth: /^ssh_pwauth:\s*false\s*$/m, ssh_keys: /^ssh_keys:\s*$/m } as const;

/** User data closes password logins and brings the host key that everything else pins. NIST IA-2, IA-3, AC-17. */
export const hostNoPasswordLogin: ResourceRule = {
  name: "host-no-password-login",
  demands: "A server takes no passwords, and is born with a host key that is known",
  maps: { nist: ["IA-2", "IA-3", "AC-17"] },
  types: [types.server],
  *check(resource) {
    const userData = at(resource, "userData");
    if (userData === UNKNOWN) return yield { property: "userData", unknown: true };
    // What the next run adopts of one that was cut off: the API tells nobody a server's user data, and the pinned host key proves it.
    if (userData === undefined && resource.ignoreChanges.includes("userData")) return;
    for (const [key, wanted] of Object.entries(demands)) {
      if (typeof userData !== "string" || !wanted.test(userData)) {
        yield {
          property: `userData.${key}`,
          value: undefined,
          allowed: key === "ssh_pwauth" ? "false" : "the host's key",
          fix: "use components/host/scripts.ts, userData",
        };
      }
    }
  },
};
