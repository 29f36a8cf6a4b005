import type { Provider } from "../provider";
import { CloudflareClient } from "./client";
import { dnsRecord } from "./dns-record";
import { getDnsRecords } from "./get-dns-records";
import { getZone, getZones } from "./zones";

/** Stand-in for the cloudflare plugin: zones and DNS records, over the real API's wire protocol. */
export const cloudflare: Provider<CloudflareClient> = {
  name: "cloudflare",
  version: "6.22.1",
  configure: CloudflareClient.fromConfig,
  resources: { "cloudflare:index/dnsRecord:DnsRecord": dnsRecord },
  functions: {
    "cloudflare:index/getDnsRecords:getDnsRecords": getDnsRecords,
    "cloudflare:index/getZone:getZone": getZone,
    "cloudflare:index/getZones:getZones": getZones,
  },
};
