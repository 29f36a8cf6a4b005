import type { Provider } from "../provider";
import { HcloudClient } from "./client";
import { firewall } from "./firewall";
import { getFirewalls, getServers, getSshKeys, getVolumes } from "./lists";
import { getLocations, getServerType, getServerTypes } from "./catalogue";
import { server } from "./server";
import { sshKey } from "./ssh-key";
import { volume } from "./volume";
import { volumeAttachment } from "./volume-attachment";

/** Stand-in for the hcloud plugin: what this project uses of it, over the real API's wire protocol. */
export const hcloud: Provider<HcloudClient> = {
  name: "hcloud",
  version: "1.41.0",
  configure: HcloudClient.fromConfig,
  resources: {
    "hcloud:index/firewall:Firewall": firewall,
    "hcloud:index/server:Server": server,
    "hcloud:index/sshKey:SshKey": sshKey,
    "hcloud:index/volume:Volume": volume,
    "hcloud:index/volumeAttachment:VolumeAttachment": volumeAttachment,
  },
  functions: {
    "hcloud:index/getFirewalls:getFirewalls": getFirewalls,
    "hcloud:index/getLocations:getLocations": getLocations,
    "hcloud:index/getServers:getServers": getServers,
    "hcloud:index/getServerType:getServerType": getServerType,
    "hcloud:index/getServerTypes:getServerTypes": getServerTypes,
    "hcloud:index/getSshKeys:getSshKeys": getSshKeys,
    "hcloud:index/getVolumes:getVolumes": getVolumes,
  },
};
