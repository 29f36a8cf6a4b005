import { join } from "node:path";
import { paths } from "../toolchain/paths";

/** Where the parts of the local cloud keep their state, sockets and logs. All is under `paths.cloud()`. */
export const state = {
  run: () => join(paths.cloud(), "run"),
  log: () => join(paths.cloud(), "log"),
  pki: () => join(paths.cloud(), "pki"),
  s3: () => join(paths.cloud(), "s3"),
  registry: () => join(paths.cloud(), "registry"),
  /** Content of Hetzner volumes. */
  volumes: () => join(paths.cloud(), "volumes"),
  hetzner: () => join(paths.cloud(), "hetzner.json"),
  cloudflare: () => join(paths.cloud(), "cloudflare.json"),
  daemonPid: () => join(paths.cloud(), "run", "daemon.pid"),
  daemonLog: () => join(paths.cloud(), "log", "daemon.log"),
  /** HTTP, for whoever may open the file. */
  adminSocket: () => join(paths.cloud(), "run", "admin.sock"),
} as const;
