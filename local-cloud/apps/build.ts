import { build } from "esbuild";
import { join } from "node:path";

/** The one file that all seven images run. */
export const bundledApp = (): string => join(__dirname, "dist", "app.cjs");

/** Bundles the program for Node 18, which is what Debian 12 has. @returns the bundle's path @throws esbuild's own errors */
export async function bundleApps(): Promise<string> {
  await build({
    entryPoints: [join(__dirname, "main.ts")],
    outfile: bundledApp(),
    bundle: true,
    platform: "node",
    target: "node18",
    format: "cjs",
    // pg's optional native binding is not there, and nothing asks for it.
    external: ["pg-native"],
    logLevel: "warning",
  });
  return bundledApp();
}

if (require.main === module) {
  bundleApps().then(console.log, (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
