import { randomUUID } from "node:crypto";
import { copyFile, link, mkdir, realpath, rename, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findExecutable, goExecutables } from "./executables";
import type { EnsureExecutable } from "./go-build";
import { paths, repoRoot } from "./paths";
import { answers, isExecutable, which } from "./probe";
import { step, type Log } from "./progress";
import { run } from "./run";
import { engineVersion, packageFolder } from "./versions";

export interface Engine {
  /** Absolute path of `pulumi`. Its folder goes first on PATH: the language host lies beside it. */
  readonly pulumi: string;
  readonly source: "PATH" | "vendor download" | "built from Go modules";
  readonly languageHost: "official" | "toolchain/language-host";
}

/** The vendor's installer, and its deadline: a slow line must not hold up a build that would be done by then. */
const VENDOR_SCRIPT = "https://get.pulumi.com/install.sh";
const VENDOR_SECONDS = 180;

const languageHostName = "pulumi-language-nodejs";
const ownLanguageHost = () => join(repoRoot(), "toolchain", "language-host", "bin", languageHostName);
const assembledFolder = () => join(paths.pulumiHome(), "bin");
const vendorRoot = () => join(paths.bin(), `pulumi-vendor-${engineVersion()}`);

/** The engine that is there already: on PATH, else downloaded before, else built before. Installs nothing. */
export async function findEngine(): Promise<Engine | undefined> {
  return (await engineOnPath()) ?? (await downloadedEngine()) ?? (await builtEngine());
}

/** Finds an engine of the SDK's version, or downloads it from the vendor, or builds it from pinned Go modules. */
export async function ensureEngine(ensureExecutable: EnsureExecutable, log: Log): Promise<Engine> {
  const found = await findEngine();
  if (found) return found;
  const downloaded = await downloadEngine(log);
  if (downloaded) return downloaded;
  return assemble(await ensureExecutable(goExecutables.pulumi));
}

/** A `pulumi` of exactly the SDK's version, with a language host. One that this module laid out does not count as the user's. */
async function engineOnPath(): Promise<Engine | undefined> {
  const pulumi = await which("pulumi");
  if (!pulumi || dirname(pulumi) === assembledFolder() || (await versionOf(pulumi)) !== engineVersion())
    return undefined;
  const languageHost = (await besides(pulumi, languageHostName)) ?? (await which(languageHostName));
  if (!languageHost) return undefined;
  const own = (await realpath(languageHost)) === (await realpath(ownLanguageHost()));
  return { pulumi, source: "PATH", languageHost: own ? "toolchain/language-host" : "official" };
}

async function versionOf(pulumi: string): Promise<string | undefined> {
  const { stdout, failed } = await run(pulumi, ["version"], {
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    reject: false,
  });
  return failed ? undefined : stdout.trim().replace(/^v/, "");
}

async function besides(file: string, name: string): Promise<string | undefined> {
  const candidate = join(dirname(await realpath(file)), name);
  return (await isExecutable(candidate)) ? candidate : undefined;
}

async function downloadedEngine(): Promise<Engine | undefined> {
  const pulumi = join(vendorRoot(), "bin", "pulumi");
  return (await isExecutable(pulumi)) ? { pulumi, source: "vendor download", languageHost: "official" } : undefined;
}

/** Undefined when the vendor does not answer, or not in time: then the engine is built, and the reason is said. */
async function downloadEngine(log: Log): Promise<Engine | undefined> {
  if (!(await answers(VENDOR_SCRIPT))) {
    log(`pulumi ${engineVersion()}: ${new URL(VENDOR_SCRIPT).host} does not answer: it is built from Go modules`);
    return undefined;
  }
  const { PulumiCommand } = await import("@pulumi/pulumi/automation"); // slow to load, and seldom needed
  const temporary = join(paths.bin(), `.pulumi-vendor-${randomUUID()}`);
  const install = PulumiCommand.install({ root: temporary }); // of the SDK's own version
  try {
    await step(log, `download pulumi ${engineVersion()} from its vendor -> ${vendorRoot()}`, () =>
      within(install, VENDOR_SECONDS),
    );
    await rm(vendorRoot(), { recursive: true, force: true });
    await rename(temporary, vendorRoot());
    return await downloadedEngine();
  } catch (error) {
    log(`pulumi ${engineVersion()}: the download failed (${(error as Error).message}): it is built from Go modules`);
    return undefined;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function within<T>(work: Promise<T>, seconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

async function builtEngine(): Promise<Engine | undefined> {
  const executable = await findExecutable(goExecutables.pulumi);
  return executable === undefined ? undefined : assemble(executable);
}

/**
 * Lays a built engine out as the vendor's archive is: the language host and the provider of dynamic resources beside `pulumi`,
 * where it looks for them (by its own real path: hence a hard link). Rewritten each time, as the language host is this clone's.
 */
async function assemble(executable: string): Promise<Engine> {
  const folder = assembledFolder();
  await mkdir(folder, { recursive: true });
  const pulumi = join(folder, "pulumi");
  await replace(pulumi, (file) =>
    link(executable, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EXDEV") throw error;
      return copyFile(executable, file); // the two folders are on different disks
    }),
  );
  await replace(join(folder, languageHostName), (file) => symlink(ownLanguageHost(), file));
  const dynamic = "pulumi-resource-pulumi-nodejs";
  await replace(join(folder, dynamic), (file) => symlink(join(packageFolder("@pulumi/pulumi"), dynamic), file));
  return { pulumi, source: "built from Go modules", languageHost: "toolchain/language-host" };
}

/** Writes beside the file and renames: never missing, never half there. */
async function replace(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomUUID()}`;
  await write(temporary);
  await rename(temporary, file);
  await rm(temporary, { force: true }); // rename(2) does nothing when both are links to the same file
}
