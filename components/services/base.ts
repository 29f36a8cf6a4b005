import type * as pulumi from "@pulumi/pulumi";
import { dataRoot } from "../host/paths";
import type { ContainerFile, ContainerSpec, SiteContext } from "./spec";
import { applicationUid, httpHealth } from "./spec";
import { caddyfile, type TlsArgs } from "./caddyfile";

/** The services that every other waits for: cluster, queue, secrets, proxy. */

/** The major version that images/postgres runs; a restore cannot change it. */
export const postgresMajorVersion = 15;

export function postgres(args: { files: readonly ContainerFile[]; archiveTimeoutSeconds: number; expectRestored?: pulumi.Input<string> }): ContainerSpec {
  return {
    name: "postgres",
    command: ["tini", "--", "smarteros-postgres"],
    env: {
      SMARTEROS_ARCHIVE_TIMEOUT_SECONDS: String(args.archiveTimeoutSeconds),
      ...(args.expectRestored ? { SMARTEROS_EXPECT_RESTORED: args.expectRestored } : {}),
    },
    secretEnv: {},
    files: args.files,
    mounts: [
      { set: "postgres", path: "/var/lib/postgresql/data" },
      { set: "postgres-run", path: "/var/run/postgresql" },
    ],
    health: ["CMD", "pg-health"],
    memoryMiB: 1536,
    // A recovery replays WAL for as long as there is WAL.
    startSeconds: 1800,
    stopSeconds: 60,
  };
}

export function redis(): ContainerSpec {
  return {
    name: "redis",
    // Without protected mode: only the site's own network reaches it, and it holds no secret.
    command: ["redis-server", "--protected-mode", "no", "--save", "60", "1", "--dir", "/data", "--appendonly", "yes"],
    user: `${applicationUid}:${applicationUid}`,
    env: {},
    secretEnv: {},
    mounts: [{ set: "redis", path: "/data" }],
    health: ["CMD-SHELL", "redis-cli ping | grep -q PONG"],
    memoryMiB: 256,
    startSeconds: 60,
    stopSeconds: 10,
  };
}

/** On the host: makes Vault one that never held anything. For one that a cut-off restore left, and for no other. */
export const emptyVault = `docker stop vault && find ${dataRoot}/vault -mindepth 1 -delete && docker start vault`;

/**
 * Integrated storage, one node; TLS ends at the host's own network, which no port leaves. Raft's own timing, which Vault else makes five times
 * slower: one that is alone waits so long before it leads, after each unsealing
 * (https://developer.hashicorp.com/vault/docs/configuration/storage/raft, performance_multiplier).
 */
export const vaultConfig = `ui = false
disable_mlock = true
api_addr = "http://vault:8200"
cluster_addr = "http://vault:8201"
storage "raft" {
  path    = "/vault/data"
  node_id = "smarteros"
  performance_multiplier = 1
}
listener "tcp" {
  address     = "0.0.0.0:8200"
  tls_disable = true
}
`;

export function vault(): ContainerSpec {
  return {
    name: "vault",
    command: ["vault", "server", "-config=/etc/smarteros/vault.hcl"],
    user: `${applicationUid}:${applicationUid}`,
    env: {},
    secretEnv: {},
    files: [{ path: "/etc/smarteros/vault.hcl", content: vaultConfig }],
    mounts: [{ set: "vault", path: "/vault/data" }],
    // Healthy is "it answers"; that it is unsealed is for the gate to say, since only the shares' holders can change it.
    health: httpHealth("wget", 8200, "/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200"),
    // Its audit log (images/agent/src/vault-site.ts): about a week of a site that asks it every 3 s.
    log: { megabytes: 30, files: 20 },
    memoryMiB: 512,
    startSeconds: 120,
    stopSeconds: 15,
  };
}

export function caddy(site: SiteContext, tls: TlsArgs): ContainerSpec {
  return {
    name: "caddy",
    command: ["caddy", "run", "--config", "/etc/smarteros/Caddyfile", "--adapter", "caddyfile"],
    user: `${applicationUid}:${applicationUid}`,
    env: { XDG_DATA_HOME: "/data", XDG_CONFIG_HOME: "/tmp" },
    secretEnv: {},
    files: [{ path: "/etc/smarteros/Caddyfile", content: caddyfile(site.domain, tls) }],
    mounts: [{ set: "caddy", path: "/data" }],
    health: httpHealth("wget", 2019, "/config/"),
    memoryMiB: 256,
    // Its binary carries this capability and cannot be executed without it.
    capabilities: ["NET_BIND_SERVICE"],
    publish: [80, 443],
    startSeconds: 60,
    stopSeconds: 15,
  };
}
