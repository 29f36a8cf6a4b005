import { UNKNOWN, type ResourceRule } from "../core/model";
import type { Service } from "../../plan/model";
import { types } from "../core/types";
import { at } from "../core/values";
import { hostPaths } from "./mounted";

/** Why the plan lets a service have the socket; it lets none yet. */
type WithException = Service & { readonly dockerSocket?: { readonly because: string } };

/** Docker's socket is root on the host: only for a service whose plan says why. CIS Docker 5.32; CKV_K8S_27; NIST AC-6, SC-39. */
export const containerDockerSocket: ResourceRule = {
  name: "container-docker-socket",
  demands: "No container is given Docker's socket, unless the plan says why",
  maps: { cisDocker: ["5.32"], checkov: ["CKV_K8S_27"], nist: ["AC-6", "SC-39"] },
  types: [types.container],
  *check(resource, { plan }) {
    const service: WithException | undefined = plan.services.find((s) => s.name === at(resource, "name"));
    if (service?.dockerSocket?.because) return;
    for (const { property, path } of hostPaths(resource)) {
      if (path === UNKNOWN) yield { property, unknown: true };
      else if (/(docker|containerd|podman)\.sock$|^\/(var\/)?run\/?$/.test(path))
        yield {
          property,
          value: path,
          allowed: "no socket of the engine",
          fix: "remove it, or give the reason in plan.services' dockerSocket.because",
        };
    }
  },
};
