import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { listAt } from "../core/values";

/** Docker knows whether a service serves. CIS Docker 5.27; CKV_DOCKER_2, CKV_K8S_8; NIST SI-4, CP-10. */
export const containerHealth: ResourceRule = {
  name: "container-health",
  demands: "Every container has a health check",
  maps: { cisDocker: ["5.27"], checkov: ["CKV_DOCKER_2", "CKV_K8S_8"], nist: ["SI-4", "CP-10"] },
  types: [types.container],
  *check(resource) {
    const tests = listAt(resource, "healthcheck.tests");
    if (tests === UNKNOWN) yield { property: "healthcheck.tests", unknown: true };
    else if (tests.length < 2 || tests[0] === "NONE")
      yield {
        property: "healthcheck.tests",
        value: tests,
        allowed: '["CMD", ...] or ["CMD-SHELL", "..."]',
        fix: "add the service's own probe",
      };
  },
};
