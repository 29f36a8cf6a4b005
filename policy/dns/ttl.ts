import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

/** Seconds that an old answer may live: it adds to the time that a recovery takes. Cloudflare allows no less. */
const longest = 60;

/** A move reaches everybody within a minute: proxied (ttl 1, the provider's "automatic"), or a TTL of at most 60 s. NIST CP-10, SC-22. */
export const dnsTtl: ResourceRule = {
  name: "dns-ttl",
  demands: "A record's old content is forgotten within a minute",
  maps: { nist: ["CP-10", "SC-22"] },
  types: [types.dnsRecord],
  *check(resource) {
    const [ttl, proxied] = [at(resource, "ttl"), at(resource, "proxied") ?? false];
    for (const [property, value] of Object.entries({ ttl, proxied }))
      if (value === UNKNOWN) return yield { property, unknown: true };
    if (proxied === true && ttl !== 1)
      yield { property: "ttl", value: ttl, allowed: "1 (automatic), as it is proxied", fix: "set ttl: 1" };
    if (proxied !== true && !(typeof ttl === "number" && ttl > 1 && ttl <= longest))
      yield {
        property: "ttl",
        value: ttl,
        allowed: `2 to ${longest} seconds, or proxied`,
        fix: `set smarteros:site.dns.ttl to "${longest} seconds"`,
      };
  },
};
