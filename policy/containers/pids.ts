import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { clear, listAt } from "../core/values";

/** More tasks than all services of a site need together. */
const most = 4096;

/**
 * A fork bomb ends at a bound. @pulumi/docker 5.2 has no pidsLimit, so the bound is the kernel's RLIMIT_NPROC, by `ulimits`: it counts the tasks of
 * a user id over all containers of the host (every application runs as one id), and does not bind root, whom the policies container-capabilities and
 * container-new-privileges hold, and the memory bound stops. CIS Docker 5.29, 5.19; NIST SC-5, SC-6.
 */
export const containerPids: ResourceRule = {
  name: "container-pids",
  demands: "The number of a container's processes is bounded",
  maps: { cisDocker: ["5.29", "5.19"], nist: ["SC-5", "SC-6"] },
  types: [types.container],
  *check(resource) {
    const all = listAt(resource, "ulimits");
    if (all === UNKNOWN) return yield { property: "ulimits", unknown: true };
    const limit = (all as (Record<string, unknown> | typeof UNKNOWN)[]).find(
      (l) => l !== UNKNOWN && l["name"] === "nproc",
    ) as Record<string, unknown> | undefined;
    const hard = clear(limit?.["hard"]);
    if (hard === UNKNOWN || (!limit && all.includes(UNKNOWN))) return yield { property: "ulimits", unknown: true };
    if (typeof hard === "number" && hard > 0 && hard <= most) return;
    yield {
      property: "ulimits.nproc",
      value: hard,
      allowed: `at most ${most}`,
      fix: `set ulimits: [{ name: "nproc", soft: ${most}, hard: ${most} }]`,
    };
  },
};
