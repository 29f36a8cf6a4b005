import { access, chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { takeLock } from "./lock";
import { paths, repoRoot } from "./paths";
import { answers, isExecutable } from "./probe";
import { step, stderrLog, type Log } from "./progress";
import { run } from "./run";
import { pluginNames, pluginVersion, type PluginName } from "./versions";

export type PluginKind = "real" | "stand-in";

export interface EnsurePluginsArgs {
  /** @default the drills' own PULUMI_HOME */
  readonly pulumiHome?: string;
  /** Folder of real plugins: `pulumi-resource-NAME`, or `resource-NAME-vVERSION/pulumi-resource-NAME`. Used in place, by links. */
  readonly from?: string;
  /** Which engine installs real plugins. @default "pulumi" on PATH */
  readonly pulumi?: string;
  /** False: what is not there is not downloaded, the stand-in is used. @default true */
  readonly download?: boolean;
  /** @default lines on stderr */
  readonly log?: Log;
}

/** Hosts that serve the real plugins. */
const downloadHosts = ["https://get.pulumi.com/", "https://api.github.com/"];

/** Written into a plugin's folder when it is not one that the engine installed: what it is, so that the next run may replace it. */
const sourceFile = ".smarteros-source";

const bundleName = "stand-in.cjs";
const executableName = (name: PluginName) => `pulumi-resource-${name}`;
const folderName = (name: PluginName) => `resource-${name}-v${pluginVersion(name)}`;
const pluginFolder = (pulumiHome: string, name: PluginName) => join(pulumiHome, "plugins", folderName(name));
const standInProgram = (name: PluginName) => join(repoRoot(), "local-cloud", "providers", name, "index.ts");

/**
 * Puts a plugin for each provider where the engine looks for it, at the version that its SDK asks for: from the folder that was
 * given, else the real one (installed before, or downloaded now), else the stand-in of the local cloud.
 * @throws when `from` holds none of them, or another version of one
 */
export async function ensurePlugins(args: EnsurePluginsArgs = {}): Promise<Record<PluginName, PluginKind>> {
  const { pulumiHome = paths.pulumiHome(), from, pulumi = "pulumi", download = true, log = stderrLog } = args;
  const given = from === undefined ? {} : await pluginsIn(resolve(from));
  const mayDownload = once(async () => download && (await anyAnswers()));

  const ensure = async (name: PluginName): Promise<PluginKind> => {
    const files = given[name];
    if (files) {
      await linkPlugin(pulumiHome, name, files);
      log(`provider ${name} ${pluginVersion(name)}: taken from ${from}`);
      return "real";
    }
    if ((await inspectPlugin(pulumiHome, name))?.source === "engine") return "real";
    if ((await mayDownload()) && (await installPlugin(pulumi, pulumiHome, name, log))) return "real";
    await writeStandIn(pulumiHome, name);
    return "stand-in";
  };

  const release = await takeLock("plugins", log);
  try {
    const result: Partial<Record<PluginName, PluginKind>> = {};
    for (const name of pluginNames) result[name] = await ensure(name);
    return result as Record<PluginName, PluginKind>;
  } finally {
    await release();
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}

const anyAnswers = async () => (await Promise.all(downloadHosts.map(answers))).some(Boolean);

export interface InstalledPlugin {
  readonly kind: PluginKind;
  /** "engine": by `pulumi plugin install`; "stand-in"; else the folder that it was taken from. */
  readonly source: string;
}

/** What lies in the place of a plugin now. Undefined: nothing that can be run. */
export async function inspectPlugin(pulumiHome: string, name: PluginName): Promise<InstalledPlugin | undefined> {
  const folder = pluginFolder(pulumiHome, name);
  if (!(await isExecutable(join(folder, executableName(name))))) return undefined;
  const source = (await readIfThere(join(folder, sourceFile))) ?? "engine";
  return { kind: source === "stand-in" ? "stand-in" : "real", source };
}

/** Files of each plugin that a folder holds, the executable among them. */
export async function pluginsIn(folder: string): Promise<Partial<Record<PluginName, string[]>>> {
  const entries = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`plugins folder ${folder}: ${cause.code}; fix: give a folder that can be read`, { cause });
  });
  const found: Partial<Record<PluginName, string[]>> = {};
  for (const name of pluginNames) {
    const single = join(folder, executableName(name));
    const versioned = join(folder, folderName(name));
    if (entries.includes(folderName(name))) {
      found[name] = (await readdir(versioned)).map((entry) => join(versioned, entry));
    } else if (entries.includes(executableName(name))) {
      found[name] = [single];
    } else {
      const other = entries.find((entry) => entry.startsWith(`resource-${name}-v`) && !entry.endsWith(".lock"));
      if (other)
        throw new Error(
          `plugins folder ${folder}: holds ${other}; allowed: ${folderName(name)}; fix: put that version there`,
        );
      continue;
    }
    const executable = found[name]?.find((file) => basename(file) === executableName(name));
    if (!executable || !(await isExecutable(executable))) {
      throw new Error(
        `plugins folder ${folder}: ${executableName(name)} is missing or not executable; fix: chmod +x it`,
      );
    }
  }
  if (Object.keys(found).length === 0) {
    const wanted = pluginNames.map((name) => `${executableName(name)} or ${folderName(name)}/`).join(", ");
    throw new Error(`plugins folder ${folder}: holds no plugin; allowed: ${wanted}`);
  }
  return found;
}

const linkPlugin = (pulumiHome: string, name: PluginName, files: readonly string[]) =>
  replaceFolder(pluginFolder(pulumiHome, name), async (folder) => {
    for (const file of files) await symlink(file, join(folder, basename(file)));
    await writeFile(join(folder, sourceFile), dirname(files[0]!));
  });

/**
 * Bundles a stand-in into one file, as the engine starts every plugin on every command: 0.15 s of processor time each instead of
 * 0.7 s by tsx. Done on every call, so it is never older than its source; the same result leaves the files as they are.
 */
async function writeStandIn(pulumiHome: string, name: PluginName): Promise<void> {
  const target = pluginFolder(pulumiHome, name);
  const { outputFiles } = await build({
    entryPoints: [standInProgram(name)],
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["*.node"], // ssh2's native parts are optional: it does without when they cannot be loaded
    write: false,
    logLevel: "error",
  });
  const files = {
    [bundleName]: outputFiles[0]!.text,
    [executableName(name)]: standInScript(name, join(target, bundleName)),
    [sourceFile]: "stand-in",
  };
  if (await holds(target, files)) return;
  await replaceFolder(target, async (folder) => {
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text, { mode: 0o755 });
  });
}

async function holds(folder: string, files: Readonly<Record<string, string>>): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(files).map(async ([file, text]) => (await readIfThere(join(folder, file))) === text),
  );
  return same.every(Boolean);
}

const readIfThere = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });

/** @returns a shell script that becomes the stand-in's process, whatever the working directory is */
export const standInScript = (name: PluginName, bundle: string): string =>
  [
    "#!/bin/sh",
    `# Stand-in for the ${name} provider: speaks the real wire protocol to the endpoint that it is configured with.`,
    `exec ${shellQuote(process.execPath)} ${shellQuote(bundle)} "$@"`,
    "",
  ].join("\n");

const shellQuote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** @returns false when the download failed: the reason is said, and the stand-in is used */
async function installPlugin(pulumi: string, pulumiHome: string, name: PluginName, log: Log): Promise<boolean> {
  await rm(pluginFolder(pulumiHome, name), { recursive: true, force: true });
  const env = { PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const install = () =>
    run(pulumi, ["plugin", "install", "resource", name, pluginVersion(name)], { env, stdin: "ignore" });
  try {
    await step(log, `install provider ${name} ${pluginVersion(name)} -> ${pulumiHome}/plugins`, install);
    return true;
  } catch (error) {
    log(`provider ${name}: could not be downloaded, its stand-in is used: ${(error as Error).message}`);
    return false;
  }
}

/** Fills a new folder on the same disk, then puts it in the target's place. */
async function replaceFolder(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const plugins = dirname(target);
  await mkdir(plugins, { recursive: true });
  const temporary = await mkdtemp(join(dirname(plugins), ".new-plugin-"));
  try {
    await fill(temporary);
    await chmod(temporary, 0o755);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** True when the local cloud has a stand-in for it. */
export const hasStandIn = (name: PluginName): Promise<boolean> =>
  access(standInProgram(name)).then(
    () => true,
    () => false,
  );
