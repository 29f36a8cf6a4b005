import { homedir } from "node:os";
import { join } from "node:path";

/** Every data folder of a host is below this one: a volume at Hetzner, a folder at Hostinger. */
export const dataRoot = "/srv/smarteros";

/** A path as a person writes it: `~/` is the home folder. */
export const expandHome = (path: string): string => (path.startsWith("~/") ? join(homedir(), path.slice(2)) : path);
