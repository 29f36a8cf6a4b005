"use strict";
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");

/** node_modules folders that a program sees, nearest first. */
function nodeModulesOf(directory) {
  const here = join(directory, "node_modules");
  const parent = dirname(directory);
  return [...(existsSync(here) ? [here] : []), ...(parent === directory ? [] : nodeModulesOf(parent))];
}

/** Folders of the packages in one node_modules, scoped ones too. */
function packageFolders(nodeModules) {
  return readdirSync(nodeModules)
    .filter((name) => !name.startsWith("."))
    .flatMap((name) =>
      name.startsWith("@") ? readdirSync(join(nodeModules, name)).map((sub) => join(name, sub)) : [name],
    )
    .map((name) => join(nodeModules, name));
}

/**
 * Provider plugins that the installed SDKs ask for: a package whose package.json says `pulumi: { resource: true }`.
 * @param {string} directory the program's folder
 * @returns {{ name: string, version: string, server: string }[]} version with its leading "v"; server is "" for the default
 */
function requiredPlugins(directory) {
  /** @type {Map<string, { name: string, version: string, server: string }>} */
  const found = new Map();
  for (const folder of nodeModulesOf(directory).flatMap(packageFolders)) {
    const file = join(folder, "package.json");
    if (!existsSync(file)) continue;
    const { pulumi, name: packageName, version: packageVersion } = JSON.parse(readFileSync(file, "utf8"));
    if (!pulumi?.resource) continue;
    const name = pulumi.name ?? packageName.replace(/^@pulumi\//, "");
    const version = `v${String(pulumi.version ?? packageVersion).replace(/^v/, "")}`;
    if (!found.has(name)) found.set(name, { name, version, server: pulumi.server ?? "" });
  }
  return [...found.values()];
}

module.exports = { requiredPlugins };
