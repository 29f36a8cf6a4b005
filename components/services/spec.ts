import type * as pulumi from "@pulumi/pulumi";
import { guardFiles, guardPath, type guardSet } from "../../contracts/guard";
import type { ImageName } from "../../stacks/config";

/** Uid (and gid) of every application's process and data; PostgreSQL and its agent differ. */
export const applicationUid = 1000;
export const postgresUid = 999;

/** The one Docker network of a site; a container is known there by its own name. */
export const networkName = "smarteros";

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
  readonly name: ImageName | typeof guardSet;
  /** @default the image of its name */
  readonly image?: ImageName;
  /** The image's own entrypoint and command, run after /run/secrets/smarteros.env is loaded, and when the boot guard lets it. */
  readonly command: readonly string[];
  /** True of the boot guard alone, which waits for nobody. @default false */
  readonly unguarded?: boolean;
  readonly workingDir?: string;
  /** "uid:gid". Absent: the image's own. */
  readonly user?: string;
  /** Not secret: shown by `docker inspect`. */
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  /** Secret variables; delivered in a file, never in the container's configuration. */
  readonly secretEnv: Readonly<Record<string, pulumi.Input<string>>>;
  readonly files?: readonly ContainerFile[];
  readonly mounts: readonly ContainerMount[];
  /** Folders that live in memory. */
  readonly tmpfs?: readonly string[];
  /** Docker's test: ["CMD", ...] or ["CMD-SHELL", "..."]. */
  readonly health: readonly string[];
  /** @default 3 */
  readonly healthEverySeconds?: number;
  readonly memoryMiB: number;
  /** Capabilities it keeps; all others are dropped. @default none */
  readonly capabilities?: readonly string[];
  /** Ports that it publishes on the host: the proxy alone. @default none */
  readonly publish?: readonly number[];
  /** Of its log, which is rotated: megabytes of a file, and files, of which all but the newest are compressed. @default 10 MB, 3 files, as they are */
  readonly log?: { readonly megabytes: number; readonly files: number };
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

const loadSecrets = `set -a; . ${envFilePath}; set +a`;

/** Entrypoint that loads the secrets and then becomes the image's own command. Works in every image that has a shell. */
export const secretsEntrypoint = ["/bin/sh", "-c", `${loadSecrets}; exec "$@"`, "--"] as const;

/** Seconds between SIGTERM and SIGKILL when the guard says that services must stop. */
const guardStopSeconds = 60;

/**
 * The same for a container that the boot guard holds: it begins when the guard's beat changes before its eyes (so a guard lives that has
 * asked S3 since this boot; a beat that an earlier boot left is none), and ends when the guard says so. Its restart policy brings it back
 * to this very wait.
 * @param guard folder of the guard's files
 */
export const guardedScript = (guard: string): string =>
  `trap 'exit 143' TERM; g=${guard}; beat() { cat "$g/${guardFiles.beat}" 2>/dev/null; }; was=$(beat); ` +
  `until now=$(beat) && [ -n "$now" ] && [ "$now" != "$was" ] && [ ! -e "$g/${guardFiles.down}" ]; do sleep 0.2; done; trap - TERM; ` +
  `(until [ -e "$g/${guardFiles.down}" ]; do sleep 3; done; echo "the boot guard stops this: $(cat "$g/${guardFiles.down}")" >&2; kill -TERM $$; sleep ${guardStopSeconds}; kill -KILL $$) & ` +
  `${loadSecrets}; exec "$@"`;
export const guardedEntrypoint = ["/bin/sh", "-c", guardedScript(guardPath), "--"] as const;

/** A health check over HTTP by the tool that the image has. */
export const httpHealth = (tool: "curl" | "wget", port: number, path: string): string[] =>
  tool === "curl"
    ? ["CMD", "curl", "--fail", "--silent", "--output", "/dev/null", "--max-time", "4", `http://127.0.0.1:${port}${path}`]
    : ["CMD", "wget", "-q", "-T", "4", "-O", "/dev/null", `http://127.0.0.1:${port}${path}`];

/** The stand-in applications' variable, only in drills. */
export const drillEnv = (site: SiteContext): Record<string, string> => (site.drillToken ? { DRILL_TOKEN: site.drillToken } : {});
