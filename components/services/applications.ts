import type * as pulumi from "@pulumi/pulumi";
import type { SiteSecrets } from "../../stacks/config";
import { applicationUid, drillEnv, httpHealth, type ContainerSpec, type SiteContext } from "./spec";

/**
 * The business applications, each by the names of variables, folders and commands that its own image documents.
 * All run as the same uid, with no capability, on data folders that belong to it.
 */
const user = `${applicationUid}:${applicationUid}`;
const databaseUrl = (name: string, password: string) => `postgres://${name}:${encodeURIComponent(password)}@postgres:5432/${name}`;
const common = { user, startSeconds: 600, stopSeconds: 20 } as const;
const password = (secrets: SiteSecrets, database: string): string => {
  const found = secrets.databasePasswords[database];
  if (!found) throw new Error(`smarteros:databasePasswords.${database}: missing; fix: npm run secrets:init`);
  return found;
};

/** @param vaultToken a token that reads the gateway's secrets: made at Vault's first start, restored with it */
export function gateway(site: SiteContext, secrets: SiteSecrets, vaultToken: pulumi.Input<string>): ContainerSpec {
  return {
    ...common,
    name: "gateway",
    command: ["/opt/gateway/start"],
    env: { PORT: "8000", VAULT_ADDR: "http://vault:8200", ODOO_URL: "http://odoo:8069", CHATWOOT_URL: "http://chatwoot:3000", REDIS_URL: "redis://redis:6379" },
    secretEnv: {
      DATABASE_URL: databaseUrl("gateway", password(secrets, "gateway")),
      VAULT_TOKEN: vaultToken,
      SHOPIFY_WEBHOOK_SECRET: secrets.shopifySecret,
      WHATSAPP_APP_SECRET: secrets.whatsappSecret,
      ...drillEnv(site),
    },
    mounts: [],
    health: httpHealth("curl", 8000, "/health"),
    memoryMiB: 256,
  };
}

export function odoo(site: SiteContext, secrets: SiteSecrets): ContainerSpec {
  return {
    ...common,
    name: "odoo",
    command: ["/entrypoint.sh", "odoo"],
    env: { HOST: "postgres", PORT: "5432", USER: "odoo" },
    secretEnv: { PASSWORD: password(secrets, "odoo"), ...drillEnv(site) },
    mounts: [{ set: "odoo", path: "/var/lib/odoo" }],
    health: httpHealth("curl", 8069, "/web/health"),
    memoryMiB: 1024,
  };
}

export function chatwoot(site: SiteContext, secrets: SiteSecrets): ContainerSpec {
  const keys = secrets.applicationKeys;
  return {
    ...common,
    name: "chatwoot",
    command: ["docker/entrypoints/rails.sh", "bundle", "exec", "rails", "s", "-p", "3000", "-b", "0.0.0.0"],
    workingDir: "/app",
    env: {
      RAILS_ENV: "production",
      NODE_ENV: "production",
      INSTALLATION_ENV: "docker",
      FRONTEND_URL: `https://chat.${site.domain}`,
      POSTGRES_HOST: "postgres",
      POSTGRES_USERNAME: "chatwoot",
      POSTGRES_DATABASE: "chatwoot",
      REDIS_URL: "redis://redis:6379",
      ACTIVE_STORAGE_SERVICE: "local",
    },
    secretEnv: {
      POSTGRES_PASSWORD: password(secrets, "chatwoot"),
      SECRET_KEY_BASE: keys.chatwootSecretKeyBase,
      ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: keys.chatwootEncryptionPrimaryKey,
      ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: keys.chatwootEncryptionDeterministicKey,
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: keys.chatwootEncryptionSalt,
      ...drillEnv(site),
    },
    mounts: [{ set: "chatwoot", path: "/app/storage" }],
    health: httpHealth("wget", 3000, "/api"),
    memoryMiB: 1024,
  };
}

export function botpress(site: SiteContext, secrets: SiteSecrets): ContainerSpec {
  return {
    ...common,
    name: "botpress",
    command: ["/botpress/bp", "start"],
    workingDir: "/botpress",
    env: { BP_PRODUCTION: "true", BP_DATA_FOLDER: "/botpress/data", EXTERNAL_URL: `https://bot.${site.domain}` },
    secretEnv: { DATABASE_URL: databaseUrl("botpress", password(secrets, "botpress")), APP_SECRET: secrets.applicationKeys.botpressAppSecret, ...drillEnv(site) },
    mounts: [{ set: "botpress", path: "/botpress/data" }],
    health: httpHealth("wget", 3000, "/status"),
    memoryMiB: 768,
  };
}

export function n8n(site: SiteContext, secrets: SiteSecrets): ContainerSpec {
  return {
    ...common,
    name: "n8n",
    command: ["/docker-entrypoint.sh"],
    env: {
      DB_TYPE: "postgresdb",
      DB_POSTGRESDB_HOST: "postgres",
      DB_POSTGRESDB_PORT: "5432",
      DB_POSTGRESDB_DATABASE: "n8n",
      DB_POSTGRESDB_USER: "n8n",
      N8N_USER_FOLDER: "/home/node",
      WEBHOOK_URL: `https://n8n.${site.domain}/`,
    },
    secretEnv: { DB_POSTGRESDB_PASSWORD: password(secrets, "n8n"), N8N_ENCRYPTION_KEY: secrets.applicationKeys.n8nEncryptionKey, ...drillEnv(site) },
    mounts: [{ set: "n8n", path: "/home/node/.n8n" }],
    health: httpHealth("wget", 5678, "/healthz"),
    memoryMiB: 512,
  };
}

export function metabase(site: SiteContext, secrets: SiteSecrets): ContainerSpec {
  return {
    ...common,
    name: "metabase",
    command: ["/app/run_metabase.sh"],
    env: { MB_DB_TYPE: "postgres", MB_DB_HOST: "postgres", MB_DB_PORT: "5432", MB_DB_DBNAME: "metabase", MB_DB_USER: "metabase", MB_SITE_URL: `https://bi.${site.domain}` },
    secretEnv: { MB_DB_PASS: password(secrets, "metabase"), MB_ENCRYPTION_SECRET_KEY: secrets.applicationKeys.metabaseEncryptionKey, ...drillEnv(site) },
    mounts: [],
    health: httpHealth("curl", 3000, "/api/health"),
    memoryMiB: 1024,
  };
}

export function dokploy(site: SiteContext, secrets: SiteSecrets): ContainerSpec {
  return {
    ...common,
    name: "dokploy",
    command: ["pnpm", "start"],
    workingDir: "/app",
    env: { NODE_ENV: "production", PORT: "3000" },
    secretEnv: {
      DATABASE_URL: databaseUrl("dokploy", password(secrets, "dokploy")),
      DOKPLOY_ENCRYPTION_KEY: secrets.applicationKeys.dokployEncryptionKey,
      ...drillEnv(site),
    },
    mounts: [{ set: "dokploy", path: "/etc/dokploy" }],
    health: httpHealth("curl", 3000, "/api/health"),
    memoryMiB: 512,
  };
}
