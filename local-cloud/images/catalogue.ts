import { join } from "node:path";
import { bundleAgent } from "../../images/agent/build";
import { appImages } from "../apps/images";
import type { ImageSpec } from "./image";

/** A service's image as the local cloud's registry offers it. */
export interface CatalogueEntry {
  readonly spec: ImageSpec;
  /** Name and tag in the registry: the real image's. @example "library/odoo:17.0" */
  readonly reference: string;
  /** Image that it is built on. */
  readonly on: "base" | "postgres";
}

/** Names and tags of the real images, whose place these take in a drill's config. */
const references = {
  postgres: "smarteros/postgres:15",
  agent: "smarteros/agent:1",
  redis: "library/redis:7",
  caddy: "library/caddy:2",
  vault: "hashicorp/vault:1.19",
  gateway: "smarteros/gateway:1",
  odoo: "library/odoo:17.0",
  chatwoot: "chatwoot/chatwoot:v3",
  botpress: "botpress/server:12",
  n8n: "n8nio/n8n:1",
  metabase: "metabase/metabase:v0.50",
  dokploy: "dokploy/dokploy:v0.20",
} as const;
export type ImageName = keyof typeof references;

const here = (name: string) => join(__dirname, name);
const own = (name: string) => join(__dirname, "..", "..", "images", name);

/** Every service image, what is built on before what is built on it. @param vault path of Vault's server, which is waited for last */
export async function* catalogue(vault: Promise<string>): AsyncGenerator<CatalogueEntry> {
  yield entry({ name: "postgres", folder: own("postgres") });
  await bundleAgent();
  yield entry({ name: "agent", folder: own("agent"), only: ["Dockerfile", "dist/agent.cjs"] }, "postgres");
  yield entry({ name: "redis", folder: here("redis") });
  yield entry({ name: "caddy", folder: here("caddy") });
  for (const spec of await appImages()) yield entry(spec);
  yield entry({ name: "vault", folder: here("vault"), files: { vault: await vault } });
}

function entry(spec: ImageSpec, on: CatalogueEntry["on"] = "base"): CatalogueEntry {
  return { spec, reference: referenceOf(spec.name), on };
}

/** @throws when a service has no name in the registry */
function referenceOf(name: string): string {
  const reference = references[name as ImageName];
  if (!reference)
    throw new Error(
      `image ${name}: not in the catalogue; fix: add its name in the registry to local-cloud/images/catalogue.ts`,
    );
  return reference;
}
