import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isText } from "../core/values";

/** A container has a network of its own; the mode is given, as Docker's default shows as drift. CIS Docker 5.10; CKV_K8S_19; NIST SC-7, SC-39. */
export const containerHostNetwork: ResourceRule = {
  name: "container-host-network",
  demands: "No container shares the host's network, or another container's",
  maps: { cisDocker: ["5.10"], checkov: ["CKV_K8S_19"], nist: ["SC-7", "SC-39"] },
  types: [types.container],
  check: (resource) =>
    expect(resource, "networkMode", {
      is: (v) => isText(v) && v !== "host" && !v.startsWith("container:"),
      allowed: '"bridge" or a network\'s name',
      fix: 'set networkMode: "bridge" and networksAdvanced',
    }),
};
