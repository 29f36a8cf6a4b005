import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { listAt } from "../core/values";

/** A setuid program gains nothing, and the default seccomp and AppArmor profiles stay. CIS Docker 5.26, 5.22; CKV_K8S_20; NIST AC-6. */
export const containerNewPrivileges: ResourceRule = {
  name: "container-new-privileges",
  demands: "No process of a container gains privileges",
  maps: { cisDocker: ["5.26", "5.22"], checkov: ["CKV_K8S_20"], nist: ["AC-6"] },
  types: [types.container],
  *check(resource) {
    const options = listAt(resource, "securityOpts");
    if (options === UNKNOWN) return yield { property: "securityOpts", unknown: true };
    if (!options.some((o) => /^no-new-privileges([:=]true)?$/.test(String(o))))
      yield { property: "securityOpts", value: options, allowed: '["no-new-privileges:true"]', fix: "add it" };
    for (const o of options.filter((o) => /[:=](unconfined|disable)$/.test(String(o))))
      yield { property: "securityOpts", value: o, allowed: "the engine's own profiles", fix: "remove it" };
  },
};
