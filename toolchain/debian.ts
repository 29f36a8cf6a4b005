/** A program of the operator's machine, and the Debian package that brings it. Packages of the hosts and images are not here. */
export interface DebianProgram {
  /** Looked for on PATH; when it is there, however it came, nothing is installed. */
  readonly program: string;
  readonly package: string;
  readonly why: string;
  /** Take the program out of the package into the cache, without installing it: no service and no user comes with it. */
  readonly extractOnly?: boolean;
}

export const debianPrograms = {
  dockerd: { program: "dockerd", package: "docker.io", why: "runs the emulated hosts (a private daemon)" },
  containerd: { program: "containerd", package: "containerd", why: "runs the containers of dockerd" },
  iptables: { program: "iptables", package: "iptables", why: "publishes the hosts' ports" },
  debootstrap: { program: "debootstrap", package: "debootstrap", why: "makes the hosts' base image" },
  ssh: { program: "ssh", package: "openssh-client", why: "the Docker provider's way to a host" },
  registry: {
    program: "docker-registry",
    package: "docker-registry",
    why: "brings images to the hosts",
    extractOnly: true,
  },
  openssl: { program: "openssl", package: "openssl", why: "makes the local cloud's certificates" },
  postgres: { program: "initdb", package: "postgresql-15", why: "keeps the stand-in applications' data in their tests" },
  redis: { program: "redis-server", package: "redis-server", why: "keeps Chatwoot's queue in its tests" },
  pgbackrest: { program: "pgbackrest", package: "pgbackrest", why: "backs up and restores in the agent's tests" },
  restic: { program: "restic", package: "restic", why: "backs up and restores in the agent's tests" },
  chromium: { program: "chromium", package: "chromium", why: "looks at the drill's report in its tests" },
} as const satisfies Record<string, DebianProgram>;
