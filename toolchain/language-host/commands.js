"use strict";
/**
 * What the host starts: pure functions from the engine's request to a command line and its environment. The flags are those of
 * `@pulumi/pulumi/cmd/run`; the runtime options are those of the official host (https://www.pulumi.com/docs/iac/languages-sdks/javascript/).
 */
const { createRequire } = require("node:module");
const { join } = require("node:path");

/**
 * @typedef {object} Command
 * @property {string[]} args arguments of node
 * @property {string} cwd
 * @property {Record<string, string>} env added to the host's own environment
 */

/**
 * Resolves a module as the program itself would, so that the program's own SDK runs it.
 * @param {string} directory the program's folder
 * @param {string} module
 * @returns {string} absolute path
 */
function resolveFrom(directory, module) {
  try {
    return createRequire(join(directory, "package.json")).resolve(module);
  } catch (cause) {
    throw new Error(`Cannot find module '${module}' from ${directory}; fix: run "npm ci" in the program's repository`, {
      cause,
    });
  }
}

/**
 * Runtime options of Pulumi.yaml, PulumiPolicy.yaml or PulumiPlugin.yaml.
 * @param {Record<string, unknown>} options
 * @returns {{ nodeargs: string[], typescript: boolean, tsconfig: string | undefined }}
 */
function runtimeOptions(options) {
  const { nodeargs = "", typescript = true, tsconfig } = options;
  if (typeof nodeargs !== "string") {
    throw new Error(
      `runtime.options.nodeargs: received ${JSON.stringify(nodeargs)}; allowed: a string, e.g. "--import=tsx"`,
    );
  }
  return {
    nodeargs: nodeargs.split(/\s+/).filter(Boolean),
    typescript: typescript !== false && typescript !== "false",
    tsconfig: typeof tsconfig === "string" ? tsconfig : undefined,
  };
}

/** Options of a ProgramInfo message as a plain object. */
const optionsOf = (info) => runtimeOptions(info.getOptions()?.toJavaScript() ?? {});

/**
 * A Pulumi program.
 * @param {import("@pulumi/pulumi/proto/language_pb").RunRequest} request
 * @param {string} engineAddress
 * @returns {Command}
 */
function programCommand(request, engineAddress) {
  const info = request.getInfo();
  const directory = info.getProgramDirectory();
  const { nodeargs, typescript, tsconfig } = optionsOf(info);
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info.getRootDirectory(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(flags).flatMap(([flag, value]) => (value ? [`--${flag}`, value] : []));
  return {
    args: [
      ...nodeargs,
      resolveFrom(directory, "@pulumi/pulumi/cmd/run"),
      ...given,
      ...(request.getDryrun() ? ["--dry-run"] : []),
      info.getEntryPoint() || ".",
      ...request.getArgsList(),
    ],
    cwd: directory,
    env: {
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      PULUMI_NODEJS_TYPESCRIPT: String(typescript),
      ...(tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
  };
}

/**
 * A policy pack or a provider written in this language. The SDK's two entry points take the folder at different places.
 * @param {import("@pulumi/pulumi/proto/language_pb").RunPluginRequest} request
 * @returns {Command}
 */
function pluginCommand(request) {
  const info = request.getInfo();
  const directory = info.getProgramDirectory();
  const { nodeargs } = optionsOf(info);
  const args = request.getArgsList();
  const isPolicyPack = request.getKind() === "analyzer";
  return {
    args: isPolicyPack
      ? [...nodeargs, resolveFrom(directory, "@pulumi/pulumi/cmd/run-policy-pack"), ...args, directory]
      : [...nodeargs, resolveFrom(directory, "@pulumi/pulumi/cmd/run-plugin"), directory, ...args],
    // nodeargs such as --import=tsx are resolved from the working directory.
    cwd: directory,
    env: Object.fromEntries(request.getEnvList().map((entry) => entry.split(/=(.*)/s, 2))),
  };
}

module.exports = { programCommand, pluginCommand, runtimeOptions };
