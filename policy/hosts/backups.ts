import type { StackRule } from "../core/model";
import { isRehearsal } from "../core/settings";
import { types } from "../core/types";
import { at, ofType, refersTo } from "../core/values";

/**
 * A server has the provider's backups, or needs none: these leave volumes out, so a server whose data are on a volume, and whose site runs the
 * backup agent, has better ones; its own disk is made again by cloud-init. A rehearsal holds a copy of
 * what is backed up, and is thrown away. NIST CP-9, CP-10.
 */
export const hostBackups: StackRule = {
  name: "host-backups",
  demands: "Nothing on a server is without a backup",
  maps: { nist: ["CP-9", "CP-10"] },
  *checkStack(resources, { settings }) {
    if (isRehearsal(settings)) return;
    const agent = ofType(resources, types.container).some((c) => at(c, "name") === "agent");
    for (const server of ofType(resources, types.server)) {
      if (at(server, "backups") === true) continue;
      const volume = ofType(resources, types.volume).some((v) => refersTo(v, "serverId", server, []));
      if (volume && agent) continue;
      yield {
        resource: server,
        property: "backups",
        value: at(server, "backups"),
        allowed: "true, or a data volume and the backup agent",
        fix: volume ? "let the site run the agent" : "set backups: true, or put the data on a Volume",
      };
    }
  },
};
