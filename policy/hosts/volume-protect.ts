import type { ResourceRule } from "../core/model";
import { isRehearsal } from "../core/settings";
import { types } from "../core/types";

/** The volume with all data does not go with the stack or with a slip in the program; that of a rehearsal, a copy, does. NIST CP-9, CM-5. */
export const hostVolumeProtect: ResourceRule = {
  name: "host-volume-protect",
  demands: "The data volume is protected",
  maps: { nist: ["CP-9", "CM-5"] },
  types: [types.volume],
  *check({ protect }, { settings }) {
    if (!protect && !isRehearsal(settings)) yield { property: "options.protect", value: protect, allowed: "true", fix: "set protect: true" };
  },
};
