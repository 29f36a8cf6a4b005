import { refuseUnsupported } from "../compare";
import type { Props, ProviderFunction } from "../provider";
import type { CloudflareClient } from "./client";

/** `cloudflare.getZone`, by `zoneId` or by `filter: { name }`. */
export const getZone: ProviderFunction<CloudflareClient> = async (client, args) => {
  refuse("getZone", args, ["zoneId", "filter"]);
  if (args["zoneId"] !== undefined) return withZone(await client.get(`/zones/${args["zoneId"]}`), args);
  const { name, status, match } = args["filter"] ?? {};
  refuse("getZone filter", args["filter"] ?? {}, ["name", "status", "match"]);
  const found = await client.list("/zones", { name, status, match }, 2);
  if (found.length !== 1)
    throw new Error(
      `getZone: ${found.length === 0 ? "no zone" : "more than one zone"} fits ${JSON.stringify(args["filter"])}; fix: give zoneId, or the exact name`,
    );
  return withZone(found[0]!, args);
};

/** `cloudflare.getZones`, by `name` and `status`. */
export const getZones: ProviderFunction<CloudflareClient> = async (client, args) => {
  refuse("getZones", args, ["name", "status", "match", "order", "direction", "maxItems"]);
  const { name, status, match, order, direction, maxItems } = args;
  const found = await client.list("/zones", { name, status, match, order, direction }, maxItems);
  return { match: "all", ...args, results: found.map(zoneOutputs) };
};

function refuse(name: string, args: Props, supported: readonly string[]): void {
  const [refused] = refuseUnsupported(name, args, supported);
  if (refused) throw new Error(refused.reason);
}

const withZone = (zone: Props, args: Props): Props => ({ ...args, ...zoneOutputs(zone), zoneId: zone["id"] });

const zoneOutputs = (zone: Props): Props => ({
  id: zone["id"],
  name: zone["name"],
  status: zone["status"],
  paused: zone["paused"],
  type: zone["type"],
  developmentMode: zone["development_mode"],
  nameServers: zone["name_servers"],
  createdOn: zone["created_on"],
  modifiedOn: zone["modified_on"],
  activatedOn: zone["activated_on"],
  permissions: zone["permissions"],
  account: zone["account"],
  owner: zone["owner"],
});
