import { z } from "zod";
import { askOk, askSite } from "../outside/https";
import { drillServices, publicHost, type Site } from "../outside/site";
import type { ServiceName } from "../plan/model";

/** What a service still has of the numbered writes; see the services' GET /_drill/last. */
export const lastWrites = z.object({ rows: z.number(), files: z.number().optional(), vault: z.number().optional() });
export type LastWrites = z.infer<typeof lastWrites>;

/** Asks each service what it still has of the numbered writes. @throws when one does not say */
export async function askLastWrites(site: Site): Promise<Map<ServiceName, LastWrites>> {
  const ask = askSite(site);
  const answers = await Promise.all(
    drillServices.map(async (service) => {
      const host = publicHost(service, site.domain);
      return [service, lastWrites.parse(await askOk(ask, { host, path: "/_drill/last" }))] as const;
    }),
  );
  return new Map(answers);
}
