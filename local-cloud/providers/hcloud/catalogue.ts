import { refuseUnsupported } from "../compare";
import type { Props, ProviderFunction } from "../provider";
import type { HcloudClient } from "./client";

/** What can be ordered where: `hcloud.getServerType`, by `name` or `id`. */
export const getServerType: ProviderFunction<HcloudClient> = async (client, args) => {
  refuseArguments("getServerType", args, ["name", "id"]);
  const found =
    args["id"] === undefined
      ? (await client.list("/server_types", { name: args["name"] }))[0]
      : (await client.find(`/server_types/${args["id"]}`))?.server_type;
  if (!found)
    throw new Error(
      `getServerType: no server type ${JSON.stringify(args["name"] ?? args["id"])}; fix: ask hcloud.getServerTypes for what there is`,
    );
  return serverType(found);
};

export const getServerTypes: ProviderFunction<HcloudClient> = async (client) => {
  const found = await client.list("/server_types");
  return {
    id: "server_types",
    serverTypeIds: found.map((type) => String(type["id"])),
    names: found.map((type) => type["name"]),
    descriptions: found.map((type) => type["description"]),
    serverTypes: found.map(serverType),
  };
};

export const getLocations: ProviderFunction<HcloudClient> = async (client) => {
  const found = await client.list("/locations");
  return {
    id: "locations",
    locationIds: found.map((location) => String(location["id"])),
    names: found.map((location) => location["name"]),
    descriptions: found.map((location) => location["description"]),
    locations: found.map(({ network_zone: networkZone, ...location }) => ({ ...location, networkZone })),
  };
};

/** An argument that is ignored would answer another question than was asked. */
export function refuseArguments(name: string, args: Props, supported: readonly string[]): void {
  const [refused] = refuseUnsupported(name, args, supported);
  if (refused) throw new Error(refused.reason);
}

const serverType = (type: Props): Props => ({
  id: type["id"],
  name: type["name"],
  description: type["description"],
  category: type["category"],
  cores: type["cores"],
  memory: type["memory"],
  disk: type["disk"],
  cpuType: type["cpu_type"],
  architecture: type["architecture"],
  storageType: type["storage_type"],
  includedTraffic: type["included_traffic"] ?? 0,
  ...deprecation(type),
  locations: type["locations"].map((location: Props) => ({
    id: location["id"],
    name: location["name"],
    available: location["available"],
    recommended: location["recommended"],
    ...deprecation(location),
  })),
});

const deprecation = ({ deprecation: found }: Props): Props => ({
  isDeprecated: found !== null,
  deprecationAnnounced: found?.announced ?? "",
  unavailableAfter: found?.unavailable_after ?? "",
});
