import * as cloudflare from "@pulumi/cloudflare";
import type { ExistingRecord } from "../components/site-dns";
import { publicNames } from "../components/services/caddyfile";
import type { SiteConfig } from "./config";
import { PreflightError } from "./preflight";

/**
 * A records of the site's names that are already in the zone; each is taken over in place.
 * @throws PreflightError when a name has more than one (which of them would be the truth?), or the token is refused.
 */
export async function existingRecords(site: SiteConfig): Promise<ExistingRecord[]> {
  const wanted = new Set(publicNames(site.domain));
  try {
    const found = await cloudflare.getDnsRecords({ zoneId: site.dns.zoneId, type: "A", maxItems: 1000 });
    const records = found.results.filter((r) => wanted.has(r.name)).map((r) => ({ name: r.name, id: r.id, content: r.content }));
    const doubled = [...wanted].filter((n) => records.filter((r) => r.name === n).length > 1);
    if (doubled.length > 0) {
      throw new PreflightError(doubled.map((n) => `DNS: ${n} has ${records.filter((r) => r.name === n).length} A records (${records.filter((r) => r.name === n).map((r) => r.content).join(", ")}); fix: leave one in the zone`));
    }
    return records;
  } catch (error) {
    if (error instanceof PreflightError) throw error;
    throw new PreflightError([`Cloudflare: ${(error as Error).message}; fix: cloudflare:apiToken (zone DNS read and edit), or smarteros:site.dns.zoneId`]);
  }
}
