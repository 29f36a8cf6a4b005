import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, listAt } from "../core/values";

/** The one service that the world talks to, and where. */
const proxy = "caddy";
const ports = [80, 443];

/** Only the proxy publishes, and only HTTP and HTTPS; the others are reached by the site's network. CIS Docker 5.8, 5.9; NIST CM-7, SC-7. */
export const containerPublishedPorts: ResourceRule = {
  name: "container-published-ports",
  demands: "Only the proxy publishes ports, 80 and 443",
  maps: { cisDocker: ["5.8", "5.9"], nist: ["CM-7", "SC-7"] },
  types: [types.container],
  *check(resource) {
    const name = at(resource, "name");
    if (at(resource, "publishAllPorts") === true)
      yield { property: "publishAllPorts", value: true, allowed: "false", fix: "remove it" };
    const published = listAt(resource, "ports");
    if (published === UNKNOWN) return yield { property: "ports", unknown: true };
    for (const index of published.keys()) {
      const external = at(resource, `ports[${index}].external`);
      const property = `ports[${index}].external`;
      if (name !== proxy)
        yield {
          property,
          value: external,
          allowed: `none: ${proxy} publishes for all`,
          fix: "remove it; the proxy reaches it by the site's network",
        };
      else if (external === UNKNOWN) yield { property, unknown: true };
      else if (!ports.includes(external as number))
        yield { property, value: external, allowed: ports.join(" or "), fix: "remove it" };
    }
  },
};
