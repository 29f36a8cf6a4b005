import { refuseUnsupported } from "../compare";
import type { Props, ProviderFunction } from "../provider";
import type { CloudflareClient } from "./client";
import { recordOutputs } from "./record-outputs";

const supported = [
  "zoneId",
  "name",
  "content",
  "comment",
  "type",
  "proxied",
  "match",
  "order",
  "direction",
  "maxItems",
];

/** `cloudflare.getDnsRecords`: the records of a zone that fit. */
export const getDnsRecords: ProviderFunction<CloudflareClient> = async (client, args) => {
  const [refused] = refuseUnsupported("getDnsRecords", args, supported);
  if (refused) throw new Error(refused.reason);
  const { zoneId, type, proxied, match, order, direction, maxItems } = args;
  if (zoneId === undefined) throw new Error("getDnsRecords: zoneId is missing; fix: give the zone's id");
  const query = {
    ...textFilter("name", args["name"]),
    ...textFilter("content", args["content"]),
    ...textFilter("comment", args["comment"]),
    type,
    proxied: proxied === undefined ? undefined : String(proxied),
    match,
    order,
    direction,
  };
  const found = await client.list(`/zones/${zoneId}/dns_records`, query, maxItems);
  return { ...args, results: found.map((record) => ({ id: record["id"], ...recordOutputs(record) })) };
};

/** `{ exact: "a" }` as `name.exact=a`. */
const textFilter = (field: string, filter: Props | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(filter ?? {}).map(([operator, text]) => [`${field}.${operator}`, text]));
