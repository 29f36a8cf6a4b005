import { isIPv4, isIPv6 } from "node:net";
import { isPublicIpv4 } from "../../stacks/ipv4";
import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, expect } from "../core/values";

/** Unspecified, loopback, local, link-local, multicast, documentation and mapped addresses are not. */
const isPublicIpv6 = (address: string): boolean =>
  isIPv6(address) && !/^(::1?$|f[cd]|fe[89ab]|ff|2001:db8:|::ffff:)/i.test(address);

/**
 * A public name leads to a public address; loopback is for a drill, whose configuration says so (smarteros:site.dns.permitLoopback).
 * NIST SC-20, SC-7.
 */
export const dnsContentPublic: ResourceRule = {
  name: "dns-content-public",
  demands: "A public name leads to a public address",
  maps: { nist: ["SC-20", "SC-7"] },
  types: [types.dnsRecord],
  *check(resource, { settings }) {
    const type = at(resource, "type");
    if (type !== "A" && type !== "AAAA") return;
    const isPublic = type === "A" ? (v: string) => isIPv4(v) && isPublicIpv4(v) : isPublicIpv6;
    const loopback = /^127\.|^::1$/;
    const is = (v: unknown) => typeof v === "string" && (isPublic(v) || (settings.permitLoopback && loopback.test(v)));
    yield* expect(resource, "content", {
      is,
      allowed: settings.permitLoopback ? "a public address, or loopback (a drill)" : "a public address",
      fix: "use the host's public address",
    });
  },
};
