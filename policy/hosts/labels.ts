import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isText } from "../core/values";

/** Labels find again, without any state, what an interrupted run left behind; and say whose it is. NIST CM-8. */
export const hostLabels: ResourceRule = {
  name: "host-labels",
  demands: "Everything ordered at Hetzner says of which site and generation it is",
  maps: { nist: ["CM-8"] },
  types: [types.server, types.volume, types.firewall, types.sshKey],
  *check(resource) {
    const labels = resource.inputs["labels"] as Record<string, unknown> | undefined;
    for (const label of ["smarteros.site", "smarteros.generation"]) {
      // A label's dots are no path.
      const flat = { ...resource, inputs: { label: labels?.[label] } };
      for (const found of expect(flat, "label", {
        is: isText,
        allowed: "a value",
        fix: "use stacks/site.ts, siteLabels",
      }))
        yield { ...found, resource, property: `labels["${label}"]` };
    }
  },
};
