import type { RoleName } from "../../../local-cloud/apps/roles";
import { testAddress } from "./services";

/** Long enough for every key. */
export const secret = "a-secret-of-sufficient-length";
/** The one token that the tests' Vault knows. */
export const vaultToken = "vault-token";

/** The data folder of each role that has one, below its root. */
export const dataFolders: Partial<Record<RoleName, string>> = {
  odoo: "var/lib/odoo/filestore/odoo",
  chatwoot: "app/storage",
  botpress: "botpress/data",
  n8n: "home/node/.n8n",
  dokploy: "etc/dokploy",
};

export interface Backing {
  readonly postgres: { readonly port: number };
  readonly redis: { readonly url: string };
  readonly vault: { readonly url: string };
}

/** A role's settings, under the real application's names, against services on the tests' address. */
export function environmentOf(role: RoleName, { postgres, redis, vault }: Backing): Record<string, string> {
  const url = `postgres://${role}:${role}@${testAddress}:${postgres.port}/${role}`;
  const own: Record<RoleName, Record<string, string>> = {
    gateway: {
      DATABASE_URL: url,
      VAULT_ADDR: vault.url,
      VAULT_TOKEN: vaultToken,
      ODOO_URL: `http://${testAddress}:1`,
      CHATWOOT_URL: `http://${testAddress}:1`,
      SHOPIFY_WEBHOOK_SECRET: secret,
      WHATSAPP_APP_SECRET: secret,
    },
    odoo: { HOST: testAddress, PORT: String(postgres.port), USER: "odoo", PASSWORD: "odoo" },
    chatwoot: {
      RAILS_ENV: "production",
      POSTGRES_HOST: testAddress,
      POSTGRES_PORT: String(postgres.port),
      POSTGRES_USERNAME: "chatwoot",
      POSTGRES_PASSWORD: "chatwoot",
      POSTGRES_DATABASE: "chatwoot",
      REDIS_URL: redis.url,
      SECRET_KEY_BASE: secret,
      ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: `${secret}-primary`,
      ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: `${secret}-deterministic`,
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: `${secret}-salt`,
    },
    botpress: { DATABASE_URL: url, BP_DATA_FOLDER: "/botpress/data", APP_SECRET: secret },
    n8n: {
      DB_TYPE: "postgresdb",
      DB_POSTGRESDB_HOST: testAddress,
      DB_POSTGRESDB_PORT: String(postgres.port),
      DB_POSTGRESDB_DATABASE: "n8n",
      DB_POSTGRESDB_USER: "n8n",
      DB_POSTGRESDB_PASSWORD: "n8n",
      N8N_ENCRYPTION_KEY: secret,
    },
    metabase: {
      MB_DB_TYPE: "postgres",
      MB_DB_HOST: testAddress,
      MB_DB_PORT: String(postgres.port),
      MB_DB_DBNAME: "metabase",
      MB_DB_USER: "metabase",
      MB_DB_PASS: "metabase",
      MB_ENCRYPTION_SECRET_KEY: secret,
    },
    dokploy: { DATABASE_URL: url, DOKPLOY_ENCRYPTION_KEY: secret },
  };
  return own[role];
}
