import type * as pulumi from "@pulumi/pulumi";
import type { ImageName } from "../../stacks/config";

/** Uid (and gid) of every application's process and data; PostgreSQL and its agent differ. */
export const applicationUid = 1000;
export const postgresUid = 999;

/** A file put into the container before it starts. Root owns it, so its mode lets the container's own user read it. */
export interface ContainerFile {
  readonly path: string;
  readonly content: pulumi.Input<string>;
  /** Octal. @default "0444": the container's root file system is nobody else's */
  readonly mode?: string;
}

/** A data folder of the host, mounted into a container. */
export interface ContainerMount {
  /** Folder below the host's data root. */
  readonly set: string;
  readonly path: string;
  /** @default false */
  readonly readOnly?: boolean;
}

/** What one container of the site is, without saying on which host it runs. */
export interface ContainerSpec {
  readonly name: ImageName;
  /**
   * The image's own entrypoint and command, run after /run/secrets/smarteros.env is loaded. Absent: the image is ours and reads
   * its secrets as files by itself.
   */
  readonly command?: readonly string[];
  readonly workingDir?: string;
  /** "uid:gid". Absent: the image's own. */
  readonly user?: string;
  /** Not secret: shown by `docker inspect`. */
  readonly env: Readonly<Record<string, string>>;
  /** Secret variables; delivered in a file, never in the container's configuration. */
  readonly secretEnv: Readonly<Record<string, pulumi.Input<string>>>;
  readonly files?: readonly ContainerFile[];
  readonly mounts: readonly ContainerMount[];
  /** Folders that live in memory. */
  readonly tmpfs?: readonly string[];
  /** Docker's test: ["CMD", ...] or ["CMD-SHELL", "..."]. */
  readonly health: readonly string[];
  readonly memoryMiB: number;
  /** Capabilities it keeps; all others are dropped. @default none */
  readonly capabilities?: readonly string[];
  /** Ports that it publishes on the host: the proxy alone. @default none */
  readonly publish?: readonly number[];
  /** Seconds that it may take to become healthy at first. */
  readonly startSeconds: number;
  /** Seconds between SIGTERM and SIGKILL. */
  readonly stopSeconds: number;
}

/** What all containers of a site know of it. */
export interface SiteContext {
  readonly domain: string;
  readonly generation: number;
  /** Bearer token of the stand-in applications' write endpoints; only in drills. */
  readonly drillToken?: string;
}

/** A shell file of variables: `KEY='value'` lines, sorted, each value quoted. Never empty: Docker's provider refuses an empty file. */
export function envFile(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}='${value.replaceAll("'", `'\\''`)}'\n`);
  return ["# Loaded before the command starts.\n", ...lines].join("");
}

/** Where {@link envFile} is put. */
export const envFilePath = "/run/secrets/smarteros.env";

/** Entrypoint that loads the secrets and then becomes the image's own command. Works in every image that has a shell. */
export const secretsEntrypoint = ["/bin/sh", "-c", `set -a; . ${envFilePath}; set +a; exec "$@"`, "--"] as const;

/** A health check over HTTP by the tool that the image has. */
export const httpHealth = (tool: "curl" | "wget", port: number, path: string): string[] =>
  tool === "curl"
    ? ["CMD", "curl", "--fail", "--silent", "--output", "/dev/null", "--max-time", "4", `http://127.0.0.1:${port}${path}`]
    : ["CMD", "wget", "-q", "-T", "4", "-O", "/dev/null", `http://127.0.0.1:${port}${path}`];

/** The stand-in applications' variable, only in drills. */
export const drillEnv = (site: SiteContext): Record<string, string> => (site.drillToken ? { DRILL_TOKEN: site.drillToken } : {});
