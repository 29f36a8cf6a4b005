import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAccessKeyCommand, CreateUserCommand, type IAMClient, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { execa as Execa, ResultPromise } from "execa";
import { Client } from "pg";
import { expirerPolicy, guardPolicy, type PolicyDocument, readerPolicy, writerPolicy } from "../../components/backup/policies";
import { type AgentConfig, type AgentSecrets, agentStatusPort, type S3Location } from "../../contracts/agent";
import type { Generation } from "../../contracts/generation";
import { pgbackrestConf } from "../../contracts/pgbackrest";
import { agentBundle, bundleAgent } from "../../images/agent/build";
import { waitUntil } from "../../local-cloud/wait";
import { type LocalS3, region, startLocalS3 } from "../local-cloud/s3/local-s3";

const imagesPostgres = join(__dirname, "..", "..", "images", "postgres");
const postgresBin = "/usr/lib/postgresql/15/bin";

/** Loaded before its first use: benchmarks run by tsx, whose `require` cannot load it (see toolchain/run.ts). */
let execa: typeof Execa;
const loadExeca = async () => void ({ execa } = await import("execa"));

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

export interface StoreKeys {
  s3AccessKey: string;
  s3SecretKey: string;
}

export interface Ground {
  dir: string;
  s3: S3Location;
  /** Of an identity with the very policy that the stacks give it. */
  keysOf(role: "writer" | "reader" | "guard" | "expirer", generation: Generation): Promise<StoreKeys>;
}

/** With a store behind it. */
export interface StoreGround extends Ground {
  /** As the bucket's owner. */
  owner: S3Client;
  store: LocalS3;
  /** @returns keys that begin so, oldest name first */
  keys(prefix: string): Promise<string[]>;
  text(key: string): Promise<string>;
  copy(from: string, to: string): Promise<void>;
}

export const ciphers = { postgresCipher: "postgres cipher", filesCipher: "files cipher" };

/** A temporary folder, a real S3 over TLS with an Object Lock bucket and limited identities, and the agent's bundle. */
export async function prepareGround(cleanup: Cleanup): Promise<StoreGround> {
  await Promise.all([loadExeca(), bundleAgent()]);
  const store = await startLocalS3();
  cleanup.add(() => store.close());
  const dir = mkdtempSync(join(tmpdir(), "smarteros-agent-"));
  cleanup.add(() => rm(dir, { recursive: true }));
  chmodSync(dir, 0o755);
  const bucket = "backups";
  const owner = store.client();
  await owner.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
  const known = new Map<string, Promise<StoreKeys>>();
  const keysOf: Ground["keysOf"] = (role, generation) => {
    // As the stacks name them.
    const name = `backup-${role}-g${generation}`;
    const policies = { writer: writerPolicy, reader: readerPolicy, guard: guardPolicy, expirer: expirerPolicy };
    const policy = policies[role](bucket, generation);
    if (!known.has(name)) known.set(name, makeIdentity(store.iam(), name, policy));
    return known.get(name)!;
  };
  const s3 = { host: "localhost", port: store.port, region, bucket, uriStyle: "path" as const, caPem: store.pki.caPem };
  return {
    dir,
    s3,
    keysOf,
    owner,
    store,
    async keys(Prefix) {
      const { Contents = [] } = await owner.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
      return Contents.map(({ Key }) => Key!).sort();
    },
    async text(Key) {
      return (await owner.send(new GetObjectCommand({ Bucket: bucket, Key }))).Body!.transformToString();
    },
    async copy(from, Key) {
      await owner.send(new CopyObjectCommand({ Bucket: bucket, Key, CopySource: `${bucket}/${from}` }));
    },
  };
}

async function makeIdentity(iam: IAMClient, UserName: string, policy: PolicyDocument): Promise<StoreKeys> {
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "own", PolicyDocument: JSON.stringify(policy) }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { s3AccessKey: AccessKey!.AccessKeyId!, s3SecretKey: AccessKey!.SecretAccessKey! };
}

/** Capabilities that the stacks give the agent's container; all others are dropped. */
const capabilities: Record<string, string> = { restore: "chown,dac_override,fowner,setuid,setgid", recover: "chown,dac_override,fowner,setuid,setgid" };
const readOnly = "dac_read_search";

interface StartArgs {
  /** Where it archives to. */
  generation: Generation;
  /** Where it recovers from. */
  source?: Generation;
  expectRestored?: string;
  /** @default gateway and odoo */
  roles?: Record<string, string>;
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
  async startPostgres(args: StartArgs): Promise<{ server: ResultPromise }> {
    const { server } = await this.spawnPostgres(args);
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
  async spawnPostgres(args: StartArgs): Promise<{ server: ResultPromise }> {
    await loadExeca();
    await this.writeConfig("pgbackrest.conf", args.generation, "write");
    if (args.source !== undefined) await this.writeConfig("source.conf", args.source, "source");
    const roles = join(this.dir, "roles.json");
    writeFileSync(roles, JSON.stringify(args.roles ?? { gateway: "gateway-password", odoo: "odoo-password" }), {
      mode: 0o644,
    });
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
    return { server };
  }

  /**
   * Runs the agent's bundle as root with the capabilities of its container, and no way to more.
   * @param options detached: in a process group of its own, which can be killed like a container
   */
  agent(
    name: string,
    input?: unknown,
    options: { reject?: boolean; cancelSignal?: AbortSignal; detached?: boolean } = {},
  ) {
    const { dir } = this;
    const limits = [
      "--no-new-privs",
      "--inh-caps=-all",
      `--bounding-set=-all,${allow(capabilities[name] ?? readOnly)}`,
    ];
    const places = ["--config-file", join(dir, "agent.json"), "--secrets-file", join(dir, "secrets.json")];
    const folders = [
      "--run-dir",
      join(dir, "run"),
      "--cache-dir",
      join(dir, "cache"),
      "--spool-dir",
      join(dir, "spool"),
    ];
    const server = ["--server-dir", join(dir, "server"), "--entrypoint", join(imagesPostgres, "entrypoint.sh")];
    const source =
      name === "restore" ? ["--source-conf", join(dir, "source.conf"), ...server] : name === "recover" ? server : [];
    return execa("setpriv", [...limits, process.execPath, agentBundle, ...places, ...folders, name, ...source], {
      input: input === undefined ? "" : JSON.stringify(input),
      env: { PATH: `${postgresBin}:${process.env["PATH"]}`, SMARTEROS_ROLES_SQL: join(imagesPostgres, "roles.sql"), AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
      ...options,
    });
  }

  /** Base URL of what `agent run` serves. */
  get status(): string {
    return `http://${this.address}:${agentStatusPort}`;
  }

  async writeAgentConfig(
    generation: Generation,
    sets: readonly string[],
    { vaultToken, ...more }: Partial<AgentConfig> & { vaultToken?: string } = {},
  ): Promise<void> {
    const config: AgentConfig = {
      site: "test",
      generation,
      stanza: "main",
      s3: this.ground.s3,
      cycleSeconds: 1,
      fullEverySeconds: 86_400,
      incrementalEverySeconds: 3_600,
      postgres: { dataDir: this.dataDir, socketDir: this.socketDir },
      fileSets: sets.map((name) => ({ name, path: this.set(name) })),
      status: { host: this.address, port: agentStatusPort },
      targets: [],
      walQueueLimitSeconds: 60,
      ...more,
    };
    const secrets: AgentSecrets = { ...(await this.ground.keysOf("writer", generation)), ...ciphers, vaultToken };
    writeFileSync(join(this.dir, "agent.json"), JSON.stringify(config));
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

  private async writeConfig(file: string, generation: Generation, use: "write" | "source"): Promise<void> {
    const text = pgbackrestConf({
      s3: this.ground.s3,
      generation,
      dataDir: this.dataDir,
      socketDir: this.socketDir,
      credentials: await this.ground.keysOf(use === "write" ? "writer" : "reader", generation),
      cipher: ciphers.postgresCipher,
      use,
      caFile: join(this.dir, "ca.pem"),
      lockDir: this.postgresFolder("lock"),
      spoolDir: this.postgresFolder("wal-spool"),
    });
    writeFileSync(join(this.dir, "ca.pem"), this.ground.s3.caPem ?? "");
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

const allow = (names: string) =>
  names
    .split(",")
    .map((name) => `+${name}`)
    .join(",");

const postgresIds = readFileSync("/etc/passwd", "utf8")
  .split("\n")
  .flatMap((line) =>
    line.startsWith("postgres:") ? [line.split(":").slice(2, 4).map(Number) as [number, number]] : [],
  )[0] ?? [999, 999];
