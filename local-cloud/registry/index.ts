import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startChild } from "../child";
import type { Pki } from "../pki";
import { proxyTo, startTlsFront } from "../tls-front";

export interface RegistryArgs {
  /** Where images, the configuration and the log are kept. */
  readonly dir: string;
  /** Path of the docker-registry executable (Debian's package of that name). */
  readonly dockerRegistry: string;
  /** Addresses to listen on; each must exist already. */
  readonly hostnames: readonly string[];
  /** 0 takes a free one. */
  readonly port: number;
  readonly pki: Pick<Pki, "certFile" | "keyFile">;
}

export interface Registry {
  readonly port: number;
  close(): Promise<void>;
}

/** The real Docker registry over TLS, open to whoever reaches it. Listens when it returns. */
export async function startRegistry({ dir, dockerRegistry, hostnames, port, pki }: RegistryArgs): Promise<Registry> {
  await mkdir(dir, { recursive: true });
  const socket = join(dir, "registry.sock");
  await rm(socket, { force: true });
  const config = {
    version: "0.1",
    log: { level: "warn", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(dir, "data") } },
    // Relative URLs: it does not know that TLS stands before it.
    http: { net: "unix", addr: socket, relativeurls: true, secret: "local-cloud" },
  };
  const configFile = join(dir, "config.yml"); // JSON is YAML
  await writeFile(configFile, JSON.stringify(config));
  const child = await startChild({
    name: "docker-registry",
    command: dockerRegistry,
    args: ["serve", configFile],
    dir,
    ready: { socket, path: "/v2/" },
  });
  try {
    const front = await startTlsFront({ hostnames, port, pki, handler: proxyTo(socket) });
    return {
      port: front.port,
      close: async () => {
        await front.close();
        await child.close();
      },
    };
  } catch (error) {
    await child.close();
    throw error;
  }
}
