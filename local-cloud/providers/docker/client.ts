import Docker from "dockerode";
import { refuseUnsupported } from "../compare";
import type { Props } from "../provider";
import { SshAgent } from "./ssh-agent";

/** Credentials of a registry, from the provider's `registryAuth`. */
export interface RegistryAuth {
  readonly address: string;
  readonly username?: string;
  readonly password?: string;
}

/** A Docker Engine and what is needed to pull images on it. */
export interface Client {
  readonly docker: Docker;
  readonly registryAuth: readonly RegistryAuth[];
}

const implemented = ["host", "sshOpts", "registryAuth", "disableDockerDaemonCheck"];

/**
 * Connects to the Docker Engine of the provider's `host` (`ssh://`, `unix://` or `tcp://`) and asks whether it answers.
 *
 * @throws at once when it does not, as the real plugin does: the Provider must depend on whatever makes the host ready
 */
export async function configure(config: Props): Promise<Client> {
  const [unsupported] = refuseUnsupported("provider docker", config, implemented);
  if (unsupported) throw new Error(`${unsupported.property}: ${unsupported.reason}`);
  const {
    host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock",
    sshOpts = [],
    registryAuth = [],
    disableDockerDaemonCheck,
  } = config;
  const docker = new Docker(engineOptions(host, sshOpts));
  if (disableDockerDaemonCheck !== true) {
    await docker.ping().catch((error: Error) => {
      throw new Error(
        `docker host ${host} does not answer: ${error.message}; fix: start it, or let the Provider depend on a command that waits until "docker info" works there`,
      );
    });
  }
  return { docker, registryAuth };
}

/** How dockerode reaches a host address. */
export function engineOptions(
  host: string,
  sshOptions: readonly string[],
): Docker.DockerOptions & { agent?: SshAgent } {
  const url = new URL(host);
  switch (url.protocol) {
    case "unix:":
      return { socketPath: url.pathname };
    case "tcp:":
      return { protocol: "http", host: url.hostname, port: url.port || 2375 };
    case "ssh:": {
      const agent = new SshAgent(
        { host: url.hostname, user: url.username || undefined, port: url.port || undefined },
        sshOptions,
      );
      // The name is only the HTTP Host header: the agent knows the way.
      return { protocol: "http", host: "docker.sock", port: 80, agent };
    }
    default:
      throw new Error(
        `docker host ${JSON.stringify(host)}; allowed: ssh://, unix://, tcp://; fix: set "host" of the Provider`,
      );
  }
}
