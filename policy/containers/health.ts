import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect, isOneOf, listAt } from "../core/values";

/** Docker knows whether a service serves, and Pulumi waits until it does. CIS Docker 5.27; CKV_DOCKER_2, CKV_K8S_8; NIST SI-4, CP-10. */
export const containerHealth: ResourceRule = {
  name: "container-health",
  demands: "Every container has a health check that is waited for",
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
    yield* expect(resource, "wait", {
      is: isOneOf(true),
      allowed: "true",
      fix: "set wait: true, so that what depends on it starts when it serves",
    });
  },
};
