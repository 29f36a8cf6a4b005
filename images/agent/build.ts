import { join } from "node:path";
import { build } from "esbuild";

/** The agent's one file, as its Dockerfile copies it. */
export const agentBundle = join(__dirname, "dist", "agent.cjs");

/** Bundles the agent with everything it imports: the image holds Node and this file, no node_modules. */
export async function bundleAgent(): Promise<string> {
  await build({
    entryPoints: [join(__dirname, "src", "main.ts")],
    outfile: agentBundle,
    bundle: true,
    platform: "node",
    target: "node18", // Debian 12's
    format: "cjs",
    minifyWhitespace: true,
    minifySyntax: true,
    external: ["pg-native"], // an optional faster driver of `pg`
    logLevel: "warning",
  });
  return agentBundle;
}

if (require.main === module) void bundleAgent().then((file) => console.log(file));
