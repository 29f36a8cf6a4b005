import { z } from "zod";
import { SaidError } from "../words/said";
import { sayError } from "./error-words";
import type { Api } from "./settings";
import type { OwnServer } from "./status/look";

const servers = z.object({
  servers: z.array(
    z.object({
      name: z.string(),
      labels: z.record(z.string(), z.string()),
      public_net: z.object({ ipv4: z.object({ ip: z.string() }).nullable() }),
    }),
  ),
});
const records = z.object({ result: z.array(z.object({ content: z.string() })) });

/** @throws Error with what was answered, or why nothing was */
async function get(api: Api, path: string, key: string, signal: AbortSignal): Promise<unknown> {
  if (!api.token) throw new SaidError(sayError("noToken", key));
  const response = await fetch(`${api.url}${path}`, { headers: { Authorization: `Bearer ${api.token}` }, signal });
  if (response.ok) return response.json();
  const refused = response.status === 401 || response.status === 403;
  throw new SaidError(
    refused ? sayError("refusedToken", response.status, key) : sayError("httpStatus", response.status),
  );
}

/** Servers at Hetzner that carry the site's label. */
export async function ownServers(api: Api, domain: string, signal: AbortSignal): Promise<OwnServer[]> {
  const path = `/servers?label_selector=${encodeURIComponent(`smarteros.site=${domain}`)}`;
  return servers.parse(await get(api, path, "hcloud:token", signal)).servers.map((s) => ({
    name: s.name,
    generation: s.labels["smarteros.generation"] ?? "?",
    address: s.public_net.ipv4?.ip ?? "-",
  }));
}

/** What Cloudflare keeps as the domain's A record. */
export async function recordContent(api: Api, zoneId: string, domain: string, signal: AbortSignal): Promise<string> {
  const path = `/zones/${zoneId}/dns_records?type=A&name=${encodeURIComponent(domain)}`;
  const { result } = records.parse(await get(api, path, "cloudflare:apiToken", signal));
  if (!result[0]) throw new SaidError(sayError("noRecord", domain));
  return result.map(({ content }) => content).join(", ");
}
