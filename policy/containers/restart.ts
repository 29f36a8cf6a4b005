import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at } from "../core/values";

/** Retries of "on-failure", as CIS has it. */
const mostRetries = 5;

/**
 * Restarts are bounded: "unless-stopped", which Docker spaces by a pause that doubles up to a minute, or "on-failure" with at most 5 retries. Never
 * "always": a service that an operator stopped (a primary that is fenced off) would come back with the engine. CIS asks for on-failure alone, which
 * leaves a whole site down after a reboot of the host: a departure on purpose. CIS Docker 5.15; NIST CP-10, SC-5.
 */
export const containerRestart: ResourceRule = {
  name: "container-restart",
  demands: "A container comes back after a failure, at a bounded pace, and stays stopped when it was stopped",
  maps: { cisDocker: ["5.15"], nist: ["CP-10", "SC-5"] },
  types: [types.container],
  *check(resource) {
    const [restart, retries] = [at(resource, "restart"), at(resource, "maxRetryCount")];
    if (restart === UNKNOWN || retries === UNKNOWN)
      return yield { property: restart === UNKNOWN ? "restart" : "maxRetryCount", unknown: true };
    if (restart === "unless-stopped") return;
    if (restart !== "on-failure")
      return yield {
        property: "restart",
        value: restart,
        allowed: '"unless-stopped", or "on-failure" with maxRetryCount',
        fix: 'set restart: "unless-stopped"',
      };
    if (typeof retries !== "number" || retries < 1 || retries > mostRetries)
      yield {
        property: "maxRetryCount",
        value: retries,
        allowed: `1 to ${mostRetries}`,
        fix: `set maxRetryCount: ${mostRetries}`,
      };
  },
};
