import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Everything slow or large lives in one folder outside the repository, and can be deleted at any time.
 * `SMARTEROS_CACHE` moves it. @default ~/.cache/smarteros-dr
 */
export const cacheRoot = (): string => process.env["SMARTEROS_CACHE"] ?? join(homedir(), ".cache", "smarteros-dr");

/** Repository root. */
export const repoRoot = (): string => join(__dirname, "..");

/** The settings of a stack, absolute: the repository's own, unless others are named. */
export const settingsFile = (stack: string, configFile?: string): string =>
  configFile === undefined ? join(repoRoot(), `Pulumi.${stack}.yaml`) : resolve(configFile);

export const paths = {
  /** Built executables, one folder per content key: bin/<name>-<key>/<name>. */
  bin: () => join(cacheRoot(), "bin"),
  /**
   * PULUMI_HOME of the drills: engine, plugins (real or stand-in) and nothing of the user's own. One for each clone: they link to its
   * language host, and bundle its stand-ins.
   */
  pulumiHome: () =>
    join(cacheRoot(), `pulumi-home-${createHash("sha256").update(repoRoot()).digest("hex").slice(0, 8)}`),
  /** State of the local cloud: survives cloud:down, wiped by cloud:reset. */
  cloud: () => join(cacheRoot(), "cloud"),
  /** Data root of the outer dockerd: host images and built images (a cache). */
  docker: () => join(cacheRoot(), "docker"),
} as const;
