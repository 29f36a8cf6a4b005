import type { Props, ProviderFunction } from "../provider";
import { refuseArguments } from "./catalogue";
import type { HcloudClient } from "./client";
import { outputs as firewallOutputs } from "./firewall";
import { outputs as serverOutputs } from "./server";

/** A data source that lists what fits a label selector (and a status): `getServers`, `getVolumes`, ... */
const list = (
  name: string,
  path: string,
  key: string,
  view: (found: Props) => Props,
  more: readonly string[] = [],
): ProviderFunction<HcloudClient> => {
  return async (client, args) => {
    refuseArguments(name, args, ["withSelector", ...more]);
    const found = await client.list(path, { label_selector: args["withSelector"], status: args["withStatuses"] });
    return { ...args, id: `${key}:${args["withSelector"] ?? ""}`, [key]: found.map(view) };
  };
};

export const getServers = list(
  "getServers",
  "/servers",
  "servers",
  (found) => {
    const { sshKeys: _, userData: __, ...props } = serverOutputs(found, {});
    return { ...props, id: found["id"], iso: "", rescue: "", networks: [], placementGroupId: 0 };
  },
  ["withStatuses"],
);

export const getVolumes = list(
  "getVolumes",
  "/volumes",
  "volumes",
  (found) => ({
    id: found["id"],
    name: found["name"],
    size: found["size"],
    serverId: found["server"] ?? 0,
    location: found["location"].name,
    linuxDevice: found["linux_device"],
    labels: found["labels"],
    deleteProtection: found["protection"].delete,
  }),
  ["withStatuses"],
);

export const getFirewalls = list("getFirewalls", "/firewalls", "firewalls", (found) => ({
  ...firewallOutputs(found),
  id: found["id"],
}));

export const getSshKeys = list("getSshKeys", "/ssh_keys", "sshKeys", (found) => ({
  id: found["id"],
  name: found["name"],
  fingerprint: found["fingerprint"],
  publicKey: found["public_key"],
  labels: found["labels"],
}));
