import { join } from "node:path";
import type { ImageSpec } from "../images/image";
import { bundleApps } from "./build";
import { roles, type RoleName } from "./roles";

/**
 * The applications' images, to be built on a Debian with Node 18. They run as uid 1000 in every role, without any capability:
 * a data folder of theirs must belong to it.
 */
export async function appImages(): Promise<ImageSpec[]> {
  const bundle = await bundleApps();
  return (Object.keys(roles) as RoleName[]).map((role) => ({
    name: role,
    folder: join(__dirname, "image"),
    files: { "app.cjs": bundle },
    args: { ROLE: role },
  }));
}
