import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { inboundRules } from "./firewall-rules";

/** What the world may reach: the proxy. */
const publicPorts = [80, 443];

/** Nothing but HTTP and HTTPS is open to the world. NIST SC-7, CM-7. */
export const hostPublicPorts: ResourceRule = {
  name: "host-public-ports",
  demands: "Only ports 80 and 443 are open to the world",
  maps: { nist: ["SC-7", "CM-7"] },
  types: [types.firewall],
  *check(resource) {
    const { rules, unknown } = inboundRules(resource);
    yield* unknown;
    for (const { path, world, protocol, ports } of rules) {
      const web = protocol === "tcp" && ports.from === ports.to && publicPorts.includes(ports.from);
      if (world && !web && protocol !== "icmp") {
        yield {
          property: `${path}.port`,
          value: `${protocol} ${ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`}, from the whole world`,
          allowed: publicPorts.map((p) => `tcp ${p}`).join(" or "),
          fix: "remove the rule, or name the networks that need it",
        };
      }
    }
  },
};
