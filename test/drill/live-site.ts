import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createProxyServer } from "http-proxy-3";
import { askDns, publicHost, type Site } from "../../outside/site";
import { roles, type RoleName } from "../../local-cloud/apps/roles";
import { startApp } from "../../local-cloud/apps/server";
import { start as startDns } from "../../local-cloud/dns";
import { startTlsFront, type TlsFront } from "../../local-cloud/tls-front";
import { environmentOf, vaultToken } from "../local-cloud/apps/environment";
import { startPostgres, startRedis, startVaultStub, testAddress } from "../local-cloud/apps/services";

const run = promisify(execFile);
const domain = "smarteros-drill.test";
const token = "drill-token-of-the-test";
const names = Object.keys(roles) as RoleName[];

/** All applications behind TLS and DNS, as the drill sees a site; where it is can change, as in a failover. */
export interface LiveSite {
  readonly site: Site;
  /** psql as superuser. */
  runSql(database: string, sql: string): Promise<string>;
  /** Serves at this address from now on, and at no other. DNS says where only after `pointDns`. */
  serveAt(address: string | undefined): Promise<void>;
  pointDns(address: string): void;
  stop(): Promise<void>;
}

export async function startLiveSite(): Promise<LiveSite> {
  const folder = await mkdtemp(join(tmpdir(), "drill-site-"));
  const [postgres, redis, vault] = await Promise.all([startPostgres(names), startRedis(), startVaultStub(vaultToken)]);
  const apps = await Promise.all(
    names.map(async (role) => {
      const extra = role === "gateway" ? { REDIS_URL: redis.url } : {};
      const env = { ...environmentOf(role, { postgres, redis, vault }), DRILL_TOKEN: token, ...extra };
      const app = await startApp(roles[role], env, { hostname: testAddress, port: 0, root: folder });
      return [publicHost(role, domain), app] as const;
    }),
  );
  const byHost = new Map(apps);
  const proxy = createProxyServer();
  const pki = await selfSigned(folder);
  let pointed = "";
  const dns = await startDns({
    listeners: [{ address: testAddress, port: 0, view: "operator" }],
    zones: () => [{ name: domain, serial: 1, nameServers: ["ns.test"], records: recordsTo(pointed) }],
  });
  let front: TlsFront | undefined;
  const serveAt = async (address: string | undefined) => {
    await front?.close();
    front = undefined;
    if (address === undefined) return;
    front = await startTlsFront({
      hostnames: [address],
      port: 443,
      pki,
      handler(request, response) {
        const app = byHost.get(request.headers.host ?? "");
        if (!app) return void response.writeHead(404).end();
        proxy.web(request, response, { target: app.url }, () => void response.writeHead(502).end());
      },
    });
  };
  return {
    site: { domain, token, ca: await readFile(pki.certFile, "utf8"), resolve: askDns(dns.endpoints[0]!) },
    async runSql(database, sql) {
      const options = ["-h", testAddress, "-p", String(postgres.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1"];
      return (await run("psql", [...options, "-At", "-c", sql, database])).stdout;
    },
    serveAt,
    pointDns: (address) => void (pointed = address),
    async stop() {
      await serveAt(undefined);
      await Promise.all(apps.map(([, app]) => app.close()));
      await Promise.all([dns.close(), postgres.stop(), redis.stop(), vault.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}

const recordsTo = (content: string) =>
  content === "" ? [] : [domain, `*.${domain}`].map((name) => ({ name, type: "A" as const, content, ttl: 60 }));

async function selfSigned(folder: string): Promise<{ certFile: string; keyFile: string }> {
  const [certFile, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const names = `subjectAltName=DNS:${domain},DNS:*.${domain}`;
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-keyout", keyFile];
  await run("openssl", [
    "req",
    "-x509",
    "-subj",
    `/CN=${domain}`,
    "-days",
    "2",
    ...key,
    "-addext",
    names,
    "-out",
    certFile,
  ]);
  return { certFile, keyFile };
}
