import type { DriftedResource } from "../../drift/model";

/** How a drifted part of the network is mended. */
export type Mending =
  /** By the engine, before anything else: containers attach to it. */
  | "base"
  /** By attaching the running container again: a restart would seal Vault. */
  | "attach"
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
    case "docker:index/container:Container": {
      const paths = changes.map(({ path }) => path);
      if (kind === "deleted" || paths.some((path) => /^(ports|networkMode|networksAdvanced|mustRun)\b/.test(path)))
        return "container";
      // Another address of the same network is no damage: Docker gives one at each start.
      return paths.some((path) => path === "networkDatas" || path.endsWith(".networkName")) ? "attach" : undefined;
    }
    default:
      return undefined;
  }
}

/** What is wrong, for people. */
export const whatIs = ({ kind, changes }: DriftedResource): string =>
  kind === "deleted" ? "deleted" : [...new Set(changes.map(({ path }) => path.replace(/\[.*|\..*/, "")))].join(", ");
