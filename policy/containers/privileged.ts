import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

/** Privileged is root on the host, devices included. CIS Docker 5.5, 5.18; CKV_K8S_16; NIST AC-6, SC-39. */
export const containerPrivileged: ResourceRule = {
  name: "container-privileged",
  demands: "No container is privileged or is given a device",
  maps: { cisDocker: ["5.5", "5.18"], checkov: ["CKV_K8S_16"], nist: ["AC-6", "SC-39"] },
  types: [types.container],
  *check(resource) {
    for (const property of ["privileged", "devices"]) {
      const value = at(resource, property);
      if (value === UNKNOWN) yield { property, unknown: true };
      else if (value && !(Array.isArray(value) && value.length === 0))
        yield { property, value, allowed: "nothing", fix: "remove it; add the one capability that is needed instead" };
    }
  },
};
