import type { DriftedResource } from "../../drift/model";

/** How a drifted part of the network is mended. */
export type Mending =
  /** By the engine, before anything else: containers attach to it. */
  | "base"
  /** By the engine, which makes the container anew or starts it. */
  | "container";

/** Name of a resource, which for a container is the container's own. */
export const nameOf = ({ urn }: Pick<DriftedResource, "urn">): string => urn.split("::").at(-1) ?? urn;

/** What of a drifted resource is the network's; undefined: nothing, it is not to be touched. */
export function mendingOf({ type, kind, changes }: DriftedResource): Mending | undefined {
  switch (type) {
    case "docker:index/network:Network":
    case "hcloud:index/firewall:Firewall":
    case "hcloud:index/firewallAttachment:FirewallAttachment":
      return "base";
    case "docker:index/container:Container":
      // Which networks it is on is no input of it, as the provider reads it: the host is asked for that.
      return kind === "deleted" ||
        changes.some(({ path }) => /^(ports|networkMode|networksAdvanced|mustRun)\b/.test(path))
        ? "container"
        : undefined;
    default:
      return undefined;
  }
}

/** What is wrong, for people. */
export const whatIs = ({ kind, changes }: DriftedResource): string =>
  kind === "deleted" ? "deleted" : [...new Set(changes.map(({ path }) => path.replace(/\[.*|\..*/, "")))].join(", ");
