import type { ResourceRule } from "../core/model";
import { isRehearsal } from "../core/settings";
import { types } from "../core/types";
import { expect, isOneOf } from "../core/values";

/**
 * Hetzner itself refuses to delete the server or the data volume, or to rebuild the server, until the protection is taken off: a slip in its
 * console, or a stolen token used in haste, ends there. A server's two protections go together (the API's demand). Not in a rehearsal, whose copy
 * must go when it has been looked at. NIST CP-9, CM-5.
 */
export const hostDeleteProtection: ResourceRule = {
  name: "host-delete-protection",
  demands: "Server and data volume are protected against deletion at the provider",
  maps: { nist: ["CP-9", "CM-5"] },
  types: [types.server, types.volume],
  *check(resource, { settings }) {
    if (isRehearsal(settings)) return;
    const properties =
      resource.type === types.server ? ["deleteProtection", "rebuildProtection"] : ["deleteProtection"];
    for (const property of properties)
      yield* expect(resource, property, { is: isOneOf(true), allowed: "true", fix: `set ${property}: true` });
  },
};
