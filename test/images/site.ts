import { once } from "node:events";
import { chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { Agent } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { execa, type ResultPromise } from "execa";
import { Client } from "pg";
import type { AgentConfig, AgentSecrets, S3Location } from "../../contracts/agent";
import { type Generation } from "../../contracts/generation";
import { pgbackrestConf } from "../../contracts/pgbackrest";
import { agentBundle, bundleAgent } from "../../images/agent/build";
import { credentials } from "../../local-cloud/addresses";
import { ensurePki, type Pki } from "../../local-cloud/pki";
import { waitUntil } from "../../local-cloud/wait";

const imagesPostgres = join(__dirname, "..", "..", "images", "postgres");
const postgresBin = "/usr/lib/postgresql/15/bin";

/** Everything a test made, closed in reverse order. */
export class Cleanup {
  private readonly steps: (() => Promise<unknown>)[] = [];
  add(step: () => Promise<unknown>): void {
    this.steps.unshift(step);
  }
  async run(): Promise<void> {
    for (const step of this.steps.splice(0)) await step();
  }
}

export interface Ground {
  dir: string;
  s3: S3Location;
  pki: Pki;
  keys: { s3AccessKey: string; s3SecretKey: string };
  secrets: AgentSecrets;
}

/** A temporary folder, a real S3 over TLS with an Object Lock bucket, and the agent's bundle. */
export async function prepareGround(versitygw: string, cleanup: Cleanup): Promise<Ground> {
  await bundleAgent();
  const dir = mkdtempSync(join(tmpdir(), "smarteros-agent-"));
  cleanup.add(() => rm(dir, { recursive: true }));
  await execa("chmod", ["0755", dir]);
  const pki = await ensurePki(join(dir, "pki"));
  const keys = { s3AccessKey: credentials.awsAccessKey, s3SecretKey: credentials.awsSecretKey };
  const port = await freePort();
  startVersitygw(versitygw, { dir, port, pki, keys, cleanup });
  const s3: S3Location = { host: "localhost", port, region: "eu-central-1", bucket: "backups", uriStyle: "path", caPem: pki.caPem };
  const client = new S3Client({
    endpoint: `https://localhost:${port}`,
    region: s3.region,
    forcePathStyle: true,
    credentials: { accessKeyId: keys.s3AccessKey, secretAccessKey: keys.s3SecretKey },
    requestHandler: { httpsAgent: new Agent({ ca: pki.caPem, keepAlive: true }) },
  });
  await waitUntil(() => client.send(new CreateBucketCommand({ Bucket: s3.bucket, ObjectLockEnabledForBucket: true })).then(() => true), {
    what: "versitygw to make a bucket",
    seconds: 20,
  });
  client.destroy();
  return { dir, s3, pki, keys, secrets: { ...keys, postgresCipher: "postgres cipher", filesCipher: "files cipher" } };
}

/** The real S3 server alone, with the root's keys: what a writer may not do is not this test's question. */
function startVersitygw(
  file: string,
  { dir, port, pki, keys, cleanup }: { dir: string; port: number; pki: Pki; keys: Ground["keys"]; cleanup: Cleanup },
): void {
  const folders = ["buckets", "versions"].map((name) => join(dir, "s3", name));
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const [buckets, versions] = folders as [string, string];
  const tls = ["--cert", pki.certFile, "--key", pki.keyFile];
  const server = execa(file, ["--port", `127.0.0.1:${port}`, "--region", "eu-central-1", ...tls, "posix", "--versioning-dir", versions, buckets], {
    env: { ROOT_ACCESS_KEY_ID: keys.s3AccessKey, ROOT_SECRET_ACCESS_KEY: keys.s3SecretKey },
    stdio: "ignore",
    reject: false,
  });
  cleanup.add(async () => {
    server.kill();
    await server;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A host: one data folder each for PostgreSQL and the file sets, and the programs that the containers would run. */
export class Host {
  readonly dir: string;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly sets: string;

  constructor(
    private readonly ground: Ground,
    name: string,
    /** Its own, so that each server can have the standard port. @example "127.10.9.1" */
    private readonly address: string,
    private readonly cleanup: Cleanup,
  ) {
    this.dir = join(ground.dir, name);
    this.dataDir = this.postgresFolder("data");
    this.socketDir = this.postgresFolder("socket");
    this.sets = join(this.dir, "sets");
    mkdirSync(this.sets, { recursive: true });
  }

  set(name: string): string {
    const path = join(this.sets, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** images/postgres' own entrypoint, as user postgres; returns when its health check passes. */
  async startPostgres(args: { generation: Generation; source?: Generation; expectRestored?: string; roles?: Record<string, string> }): Promise<{ server: ResultPromise }> {
    const server = this.spawnPostgres(args);
    await waitUntil(async () => (await this.asPostgres(join(imagesPostgres, "pg-health.sh"), {})).exitCode === 0, {
      what: "pg-health to pass",
      seconds: 60,
      everyMilliseconds: 200,
      unless: async () => (server.exitCode === null ? undefined : `the entrypoint ended with ${server.exitCode}`),
      hint: () => readFileSync(join(this.dir, "postgres.log"), "utf8").split("\n").slice(-15).join("\n"),
    });
    return { server };
  }

  /** Ends with PostgreSQL's exit code. */
  spawnPostgres(args: { generation: Generation; source?: Generation; expectRestored?: string; roles?: Record<string, string> }): ResultPromise {
    this.writeConfig("pgbackrest.conf", args.generation, "write");
    if (args.source !== undefined) this.writeConfig("source.conf", args.source, "source");
    const roles = join(this.dir, "roles.json");
    writeFileSync(roles, JSON.stringify(args.roles ?? { gateway: "gateway-password", odoo: "odoo-password" }), { mode: 0o644 });
    const server = this.asPostgres(join(imagesPostgres, "entrypoint.sh"), {
      SMARTEROS_PGBACKREST_CONF: join(this.dir, "pgbackrest.conf"),
      SMARTEROS_ROLES: roles,
      ...(args.expectRestored === undefined ? {} : { SMARTEROS_EXPECT_RESTORED: args.expectRestored }),
    });
    // At once: a fast shutdown would first archive, to a store that may be gone.
    this.cleanup.add(async () => {
      if (server.exitCode === null) await this.asPostgres("pg_ctl", {}, ["stop", "--mode=immediate"]);
      await server;
    });
    return server;
  }

  /** Runs the agent's bundle. */
  agent(name: string, input?: unknown, nodeOptions: { reject?: boolean } = {}) {
    const { dir } = this;
    const places = ["--config-file", join(dir, "agent.json"), "--secrets-file", join(dir, "secrets.json")];
    const folders = ["--run-dir", join(dir, "run"), "--cache-dir", join(dir, "cache"), "--spool-dir", join(dir, "spool")];
    const source = name === "restore" ? ["--source-conf", join(dir, "source.conf")] : [];
    return execa(process.execPath, [agentBundle, ...places, ...folders, name, ...source], {
      input: input === undefined ? "" : JSON.stringify(input),
      env: { PATH: `${postgresBin}:${process.env["PATH"]}`, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
      reject: nodeOptions.reject ?? true,
    });
  }

  writeAgentConfig(config: Pick<AgentConfig, "generation" | "cycleSeconds" | "fileSets"> & Partial<AgentConfig>, secrets = this.ground.secrets): void {
    const full: AgentConfig = {
      site: "test",
      stanza: "main",
      s3: this.ground.s3,
      fullEverySeconds: 86_400,
      incrementalEverySeconds: 3_600,
      postgres: { dataDir: this.dataDir, socketDir: this.socketDir },
      ...config,
    };
    writeFileSync(join(this.dir, "agent.json"), JSON.stringify(full));
    writeFileSync(join(this.dir, "secrets.json"), JSON.stringify(secrets), { mode: 0o600 });
  }

  /** One query as the superuser by the socket. */
  async query<Row>(database: string, sql: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ host: this.socketDir, user: "postgres", database });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  private writeConfig(file: string, generation: Generation, use: "write" | "source"): void {
    const text = pgbackrestConf({
      s3: this.ground.s3,
      generation,
      dataDir: this.dataDir,
      socketDir: this.socketDir,
      credentials: this.ground.keys,
      cipher: this.ground.secrets.postgresCipher,
      use,
      caFile: join(this.dir, "ca.pem"),
      lockDir: this.postgresFolder("lock"),
      spoolDir: this.postgresFolder("wal-spool"),
    });
    writeFileSync(join(this.dir, "ca.pem"), this.ground.pki.caPem);
    writeFileSync(join(this.dir, file), text, { mode: 0o644 });
  }

  private asPostgres(program: string, env: Record<string, string>, args: string[] = []): ResultPromise {
    const child = execa("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program, ...args], {
      env: {
        PATH: `${postgresBin}:${process.env["PATH"]}`,
        PGDATA: join(this.dataDir, "pgdata"),
        SMARTEROS_SOCKET_DIR: this.socketDir,
        SMARTEROS_CONF_DIR: this.postgresFolder("conf"),
        SMARTEROS_STATE_DIR: this.postgresFolder("state"),
        SMARTEROS_ROLES_SQL: join(imagesPostgres, "roles.sql"),
        SMARTEROS_LISTEN_ADDRESSES: this.address,
        ...env,
      },
      all: true,
      reject: false,
    });
    child.all?.on("data", (chunk) => writeFileSync(join(this.dir, "postgres.log"), chunk, { flag: "a" }));
    return child;
  }

  private postgresFolder(name: string): string {
    const path = join(this.dir, name);
    mkdirSync(path, { recursive: true });
    const [uid, gid] = postgresIds;
    chownSync(path, uid, gid);
    return path;
  }
}

const postgresIds = readFileSync("/etc/passwd", "utf8")
  .split("\n")
  .flatMap((line) => (line.startsWith("postgres:") ? [line.split(":").slice(2, 4).map(Number) as [number, number]] : []))[0] ?? [999, 999];
