import { UNKNOWN, type StackRule } from "../core/model";
import { types } from "../core/types";
import { at, ofType } from "../core/values";

/**
 * A container runs an image of this stack, which the policy image-digest has judged, or names a digest itself. Where the image's id is known
 * at update alone, its origin is known already. CKV_K8S_43; NIST SI-7, CM-2.
 */
export const containerImage: StackRule = {
  name: "container-image",
  demands: "Every container runs an image that is pinned",
  maps: { checkov: ["CKV_K8S_43"], nist: ["SI-7", "CM-2"] },
  *checkStack(resources) {
    const images = new Set(ofType(resources, types.image).map((i) => i.urn));
    for (const container of ofType(resources, types.container)) {
      const image = at(container, "image");
      const pinned = typeof image === "string" && /(^|@)sha256:[0-9a-f]{64}$/.test(image);
      const ours = (container.uses["image"] ?? []).some((urn) => images.has(urn));
      if (pinned || ours) continue;
      yield {
        resource: container,
        property: "image",
        value: image === UNKNOWN ? "a value that is known only at update" : image,
        allowed: "the imageId of a RemoteImage, or ...@sha256:<64 hex digits>",
        fix: "pass the RemoteImage's imageId",
      };
    }
  },
};
