import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client } from "pg";
import { waitUntil } from "../../../local-cloud/wait";

const run = promisify(execFile);
const postgresBin = "/usr/lib/postgresql/15/bin";
/** Loopback address of these tests alone. */
export const testAddress = "127.10.9.1";

export async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, testAddress);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export interface Started {
  readonly url: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root: then its own user runs it. */
async function postgresUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}

/** A PostgreSQL 15 of its own, with one role and one database of each name. */
export async function startPostgres(databases: readonly string[]): Promise<Started & { port: number }> {
  const user = await postgresUser();
  const folder = await mkdtemp(join(tmpdir(), "apps-postgres-"));
  if (user) await chown(folder, user.uid, user.gid);
  await run(join(postgresBin, "initdb"), ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "--no-sync"], {
    ...user,
    cwd: folder,
  });
  const port = await freePort();
  const server = spawn(
    join(postgresBin, "postgres"),
    ["-D", join(folder, "data"), "-h", testAddress, "-p", String(port), "-k", folder, "-c", "fsync=off"],
    { ...user, cwd: folder, stdio: "ignore" },
  );
  const admin = async (work: (client: Client) => Promise<unknown>) => {
    const client = new Client({ host: testAddress, port, user: "postgres", database: "postgres" });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  };
  await waitUntil(() => admin((client) => client.query("SELECT 1")).then(() => true), {
    what: "PostgreSQL of the test",
    seconds: 20,
  });
  await admin(async (client) => {
    for (const name of databases) {
      await client.query(`CREATE ROLE ${name} LOGIN PASSWORD '${name}'`);
      await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
    }
  });
  return {
    port,
    url: `postgres://${testAddress}:${port}`,
    async stop() {
      await stopped(server, "SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A Redis of its own, in memory. */
export async function startRedis(port?: number): Promise<Started & { port: number }> {
  const chosen = port ?? (await freePort());
  const server = spawn(
    "redis-server",
    ["--bind", testAddress, "--port", String(chosen), "--save", "", "--appendonly", "no", "--dir", tmpdir()],
    { stdio: "ignore" },
  );
  const answers = () =>
    run("redis-cli", ["-h", testAddress, "-p", String(chosen), "ping"]).then(({ stdout }) => stdout.startsWith("PONG"));
  await waitUntil(answers, { what: "Redis of the test", seconds: 10 });
  return { port: chosen, url: `redis://${testAddress}:${chosen}`, stop: () => stopped(server, "SIGTERM") };
}

/** The few answers of Vault that the gateway asks for: health, token lookup, and one KV version 2 engine in memory. */
export async function startVaultStub(token: string): Promise<Started & { sealed: boolean }> {
  const secrets = new Map<string, unknown>();
  const stub = { sealed: false };
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown = {}) => response.writeHead(status).end(JSON.stringify(body));
    const body = await new Response(request as unknown as ReadableStream).text();
    if (stub.sealed) return answer(503);
    if (request.url === "/v1/sys/health") return answer(200);
    if (request.headers["x-vault-token"] !== token) return answer(403, { errors: ["permission denied"] });
    if (request.url === "/v1/auth/token/lookup-self") return answer(200);
    if (!request.url?.startsWith("/v1/secret/data/")) return answer(501);
    if (request.method === "POST") {
      secrets.set(request.url, JSON.parse(body).data);
      return answer(200);
    }
    return secrets.has(request.url) ? answer(200, { data: { data: secrets.get(request.url) } }) : answer(404);
  }).listen(0, testAddress);
  await once(server, "listening");
  return Object.assign(stub, {
    url: `http://${testAddress}:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  });
}

async function stopped(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, "exit");
}
