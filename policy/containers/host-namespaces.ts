import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

/** Processes, memory and users of the host stay out of sight. CIS Docker 5.16, 5.17, 5.31; CKV_K8S_17, CKV_K8S_18; NIST SC-39. */
export const containerHostNamespaces: ResourceRule = {
  name: "container-host-namespaces",
  demands: "No container shares the host's processes, memory or users",
  maps: { cisDocker: ["5.16", "5.17", "5.31"], checkov: ["CKV_K8S_17", "CKV_K8S_18"], nist: ["SC-39"] },
  types: [types.container],
  *check(resource) {
    for (const property of ["pidMode", "ipcMode", "usernsMode", "cgroupnsMode"]) {
      const value = at(resource, property);
      if (value === UNKNOWN) yield { property, unknown: true };
      else if (typeof value === "string" && /^(host|container:)/.test(value))
        yield { property, value, allowed: "a namespace of its own", fix: "remove it" };
    }
  },
};
