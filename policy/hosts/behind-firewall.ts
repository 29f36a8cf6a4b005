import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { listAt } from "../core/values";

/** A server is never without a firewall, not even for its first seconds. NIST SC-7. */
export const hostBehindFirewall: ResourceRule = {
  name: "host-behind-firewall",
  demands: "A server is born behind a firewall",
  maps: { nist: ["SC-7"] },
  types: [types.server],
  *check(resource) {
    const ids = listAt(resource, "firewallIds");
    if (ids === UNKNOWN) yield { property: "firewallIds", unknown: true };
    else if (ids.length === 0)
      yield {
        property: "firewallIds",
        value: undefined,
        allowed: "at least one firewall",
        fix: "pass the firewall's id to the server itself; an attachment comes later",
      };
  },
};
