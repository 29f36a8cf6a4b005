import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { listAt } from "../core/values";

/** Each with its reason: Caddy's binary carries the one, the agent reads the others' folders by the other. */
const needed: Readonly<Record<string, readonly string[]>> = { caddy: ["NET_BIND_SERVICE"], agent: ["DAC_READ_SEARCH"] };

/** Every capability is dropped; the two that are needed are added to their one service each. CIS Docker 5.4; CKV_K8S_37; NIST AC-6, CM-7. */
export const containerCapabilities: ResourceRule = {
  name: "container-capabilities",
  demands: "A container keeps no capability but the one that it needs",
  maps: { cisDocker: ["5.4"], checkov: ["CKV_K8S_37"], nist: ["AC-6", "CM-7"] },
  types: [types.container],
  *check(resource) {
    const plain = (name: unknown) => String(name).replace(/^CAP_/, "");
    const drops = listAt(resource, "capabilities.drops");
    if (drops === UNKNOWN) yield { property: "capabilities.drops", unknown: true };
    else if (!drops.map(plain).includes("ALL"))
      yield {
        property: "capabilities.drops",
        value: drops,
        allowed: '["ALL"]',
        fix: "drop all, then add what is needed",
      };
    const adds = listAt(resource, "capabilities.adds");
    if (adds === UNKNOWN) return yield { property: "capabilities.adds", unknown: true };
    const allowed = needed[String(resource.inputs["name"])] ?? [];
    for (const added of adds.map(plain))
      if (!allowed.includes(added))
        yield {
          property: "capabilities.adds",
          value: added,
          allowed: allowed.join(", ") || "none",
          fix: "remove it, or give this policy the reason",
        };
  },
};
