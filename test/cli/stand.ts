import { createSocket } from "node:dgram";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { engineVersion } from "../../toolchain/versions";
import { stringify } from "yaml";
import { filledSettings, type Settings } from "../stacks/settings";

/** A machine on which `smarter` is run: an engine that says what it is told to, and settings of its own. */
export interface Stand {
  readonly folder: string;
  readonly configFile: string;
  /** For the executable. */
  readonly env: Readonly<Record<string, string>>;
  /** What `pulumi config` and `pulumi stack output` answer; "hangs": they never do. */
  engineSays(answer: { config: Settings; outputs?: object } | "hangs"): Promise<void>;
  end(): Promise<void>;
}

/** Settings of the recovery whose every address is this one. */
export function settingsAt(address: string): Settings {
  const settings = filledSettings("recovery");
  const site = settings["smarteros:site"];
  Object.assign(site, { domain: "smarter-stand.test", tls: { issuer: "internal" }, drill: true });
  Object.assign(site.dns, { resolvers: [`${address}:5353`], permitLoopback: true });
  return {
    ...settings,
    "aws:endpoints": [{ s3: `https://${address}:9443`, iam: `https://${address}:9444` }],
    "aws:accessKey": "AKIAOFTHESTAND000000",
    "aws:secretKey": "secret-key-of-the-stand",
    "cloudflare:baseUrl": `http://${address}:9081`,
    "cloudflare:apiToken": "token-of-cloudflare",
    "hcloud:endpoint": `http://${address}:9080`,
    "hcloud:token": "token-of-hetzner",
    "smarteros:drillToken": "drill-token-of-the-stand",
  };
}

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

export async function startStand(): Promise<Stand> {
  const folder = await mkdtemp(join(tmpdir(), "smarter-"));
  const bin = join(folder, "bin");
  await mkdir(bin);
  const engine = `#!/bin/sh
case "$1" in
  version) echo v${engineVersion()} ;;
  config | stack)
    [ -e ${folder}/hangs ] && exec sleep 1000
    cat ${folder}/$1.json ;;
  *) echo "error: not in this stand: $*" >&2; exit 1 ;;
esac
`;
  await writeFile(join(bin, "pulumi"), engine);
  await writeFile(join(bin, "pulumi-language-nodejs"), "#!/bin/sh\n");
  for (const program of ["pulumi", "pulumi-language-nodejs"]) await chmod(join(bin, program), 0o755);
  const configFile = join(folder, "Pulumi.recovery.yaml");
  const hangs = join(folder, "hangs");
  return {
    folder,
    configFile,
    env: { PATH: [bin, process.env["PATH"]].join(delimiter), SMARTEROS_CACHE: join(folder, "cache"), HOME: folder },
    async engineSays(answer) {
      if (answer === "hangs") return writeFile(hangs, "");
      await rm(hangs, { force: true });
      const listed = Object.entries(answer.config).map(([key, value]) => [
        key,
        { value: text(value), secret: !["smarteros:site", "aws:endpoints"].includes(key) },
      ]);
      await writeFile(join(folder, "config.json"), JSON.stringify(Object.fromEntries(listed)));
      await writeFile(join(folder, "stack.json"), JSON.stringify(answer.outputs ?? {}));
      const clear = Object.entries(answer.config).filter(
        ([key]) => !key.startsWith("smarteros:") || key === "smarteros:site",
      );
      await writeFile(configFile, stringify({ config: Object.fromEntries(clear) }));
    },
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Sockets of one address that take everything and never answer. */
export async function startSilence(address: string, ports: readonly number[]): Promise<() => Promise<void>> {
  const open = new Set<Socket>();
  const servers = await Promise.all(
    ports.map(async (port): Promise<Server> => {
      const server = createServer((socket) => {
        open.add(socket);
        socket.on("error", () => undefined).on("close", () => open.delete(socket));
      });
      server.listen(port, address);
      await once(server, "listening");
      return server;
    }),
  );
  const dns = createSocket("udp4");
  dns.bind(5353, address);
  await once(dns, "listening");
  return async () => {
    for (const socket of open) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    await new Promise<void>((resolve) => dns.close(() => resolve()));
  };
}
