import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { at, expect } from "../core/values";

/** One service that leaks does not take the host with it; swap is bounded as well. MiB. CIS Docker 5.11; CKV_K8S_13; NIST SC-5, SC-6. */
export const containerMemory: ResourceRule = {
  name: "container-memory",
  demands: "Every container's memory and swap are bounded",
  maps: { cisDocker: ["5.11"], checkov: ["CKV_K8S_13"], nist: ["SC-5", "SC-6"] },
  types: [types.container],
  *check(resource) {
    yield* expect(resource, "memory", {
      is: (v) => typeof v === "number" && v > 0,
      allowed: "MiB above 0",
      fix: "set memory",
    });
    const memory = at(resource, "memory");
    if (typeof memory !== "number") return;
    yield* expect(resource, "memorySwap", {
      is: (v) => typeof v === "number" && v >= memory && v <= memory * 2,
      allowed: `${memory} to ${memory * 2} (memory and swap together; -1 is no bound)`,
      fix: "set memorySwap",
    });
  },
};
