import type { StackRule } from "../core/model";
import { types } from "../core/types";
import { ofType } from "../core/values";

/** The recovery is at another provider than the primary (Hostinger): what takes one down leaves the other. NIST CP-7(1), CP-6(1). */
export const hostOtherProvider: StackRule = {
  name: "host-other-provider",
  demands: "Primary and recovery are at different providers",
  maps: { nist: ["CP-7(1)", "CP-6(1)"] },
  *checkStack(resources, { settings }) {
    const servers = ofType(resources, types.server);
    if (settings.stack === "primary") {
      for (const server of servers)
        yield {
          resource: server,
          property: "type",
          value: "a server at Hetzner in the primary stack",
          allowed: "the VPS at Hostinger: Hetzner is where the recovery goes",
          fix: 'set smarteros:site.host.kind: "existing"',
        };
    }
    if (settings.stack === "recovery" && servers.length === 0 && ofType(resources, types.container).length > 0) {
      yield {
        property: "the recovery's host",
        value: undefined,
        allowed: "a server at Hetzner: Hostinger is where the primary was lost",
        fix: 'set smarteros:site.host.kind: "hetzner"',
      };
    }
  },
};
