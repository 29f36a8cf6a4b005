import type { ResourceRule } from "../core/model";
import { types } from "../core/types";
import { expect } from "../core/values";

/** An image is pulled by what it holds, not by a name that can be moved. CKV_K8S_43, CKV_DOCKER_7; NIST SI-7, CM-2. */
export const imageDigest: ResourceRule = {
  name: "image-digest",
  demands: "Every image is pulled by its digest",
  maps: { checkov: ["CKV_K8S_43", "CKV_DOCKER_7"], nist: ["SI-7", "CM-2"] },
  types: [types.image],
  check: (resource) =>
    expect(resource, "name", {
      is: (v) => typeof v === "string" && /^[^@\s]+@sha256:[0-9a-f]{64}$/.test(v),
      allowed: "name@sha256:<64 hex digits>",
      fix: 'run "npm run images:pin"',
      literal: true,
    }),
};
