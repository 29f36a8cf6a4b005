import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { inboundRules } from "./firewall-rules";

/** SSH is for named networks alone, in IPv4 and IPv6. CIS AWS 5.2, 5.3; CKV_AWS_24; NIST SC-7, AC-17. */
export const hostSshClosed: ResourceRule = {
  name: "host-ssh-closed",
  demands: "SSH is never open to the world",
  maps: { cisAws: ["5.2", "5.3"], checkov: ["CKV_AWS_24"], nist: ["SC-7", "AC-17"] },
  types: [types.firewall],
  *check(resource) {
    const { rules, unknown } = inboundRules(resource);
    yield* unknown;
    for (const r of rules) {
      if (r.world && r.protocol === "tcp" && r.ports.from <= 22 && r.ports.to >= 22) {
        yield {
          property: `${r.path}.sourceIps`,
          value: "the whole world, on port 22",
          allowed: "networks of operators",
          fix: "use smarteros:site.ssh.operatorNetworks",
        };
      }
    }
  },
};
