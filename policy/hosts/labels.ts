import type { ResourceRule } from "../core/model";
import { isRehearsal } from "../core/settings";
import { types } from "../core/types";
import { expect, isText } from "../core/values";

const ofSite = ["smarteros.site", "smarteros.generation"];
const ofRehearsal = "smarteros.scratch";

/**
 * Labels find again, without any state, what an interrupted run left behind; and say whose it is. A rehearsal has one of its own and none of a
 * site's, so that a recovery never takes it over. NIST CM-8.
 */
export const hostLabels: ResourceRule = {
  name: "host-labels",
  demands: "Everything ordered at Hetzner says of which site and generation it is",
  maps: { nist: ["CM-8"] },
  types: [types.server, types.volume, types.firewall, types.sshKey],
  *check(resource, { settings }) {
    const labels = resource.inputs["labels"] as Record<string, unknown> | undefined;
    const rehearsal = isRehearsal(settings);
    for (const label of rehearsal ? [ofRehearsal] : ofSite) {
      // A label's dots are no path.
      const flat = { ...resource, inputs: { label: labels?.[label] } };
      for (const found of expect(flat, "label", {
        is: isText,
        allowed: "a value",
        fix: rehearsal ? "use stacks/scratch.ts, scratchLabels" : "use stacks/site.ts, siteLabels",
      }))
        yield { ...found, resource, property: `labels["${label}"]` };
    }
    for (const label of rehearsal ? ofSite.filter((name) => labels?.[name] !== undefined) : [])
      yield {
        property: `labels["${label}"]`,
        value: labels?.[label],
        allowed: "none in a rehearsal: a recovery would take it for its own",
        fix: "use stacks/scratch.ts, scratchLabels",
      };
  },
};
