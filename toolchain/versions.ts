import { readFileSync } from "node:fs";
import { dirname } from "node:path";

/** Folder of an installed npm package. */
export const packageFolder = (name: string): string => dirname(require.resolve(`${name}/package.json`));

const manifestOf = (name: string) =>
  JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as {
    version: string;
    pulumi?: { version?: string };
  };

/** Version of the engine that fits the installed SDK: the same one. @example "3.259.0" */
export const engineVersion = (): string => manifestOf("@pulumi/pulumi").version;

export const pluginNames = ["hcloud", "cloudflare", "aws", "docker", "command"] as const;
export type PluginName = (typeof pluginNames)[number];

/** Version of the provider plugin that an installed SDK asks the engine for. @example "1.41.0" */
export function pluginVersion(name: PluginName): string {
  const { version, pulumi } = manifestOf(`@pulumi/${name}`);
  return (pulumi?.version ?? version).replace(/^v/, "");
}
