import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isText } from "../core/values";

/**
 * Types that Hetzner no longer sells: CX of the first three generations (cx11 to cx52: the ones sold end in 3), and CCX before cx13.
 * https://docs.hetzner.cloud/changelog
 */
const retired = /^(cx\d[12]|ccx\d[12]|cx\d1-ceph)$/;

/** A recovery does not begin with an order that the provider refuses. NIST SA-22, CP-7. */
export const hostServerType: ResourceRule = {
  name: "host-server-type",
  demands: "No server is of a retired type",
  maps: { nist: ["SA-22", "CP-7"] },
  types: [types.server],
  check: (resource) =>
    expect(resource, "serverType", {
      is: (v) => isText(v) && !retired.test(v),
      allowed: "a type that is sold: cx23, cpx32, ccx13, ...",
      fix: "change smarteros:site.host.serverTypes",
    }),
};
