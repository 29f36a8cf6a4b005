import { chmod, mkdir, mkdtemp, rename, rm, statfs } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { buildArguments, buildEnvironment, executablePath, moduleFolder, type GoExecutable } from "./executables";
import { takeLock } from "./lock";
import { cacheRoot, paths } from "./paths";
import { isExecutable } from "./probe";
import { step, type Log } from "./progress";
import { run } from "./run";

/** Room that compiling everything takes for a while: objects of the compiler, and the modules' sources. */
const NEEDED_GIB = 12;

/** Ours alone, removed when the builds are done; the user's own build cache is neither read nor dropped. */
const buildCache = () => join(cacheRoot(), "go-build-cache");

/** Gives the path of a compiled program; compiles it when it is not there yet. */
export type EnsureExecutable = (executable: GoExecutable) => Promise<string>;

/**
 * Lends a function that compiles what is missing. The lock of the builds is taken with the first real build only, is held to the
 * end, and the compiler's cache is removed then. A program that another process has built while this one waited is not built again.
 */
export async function withGoBuilds<T>(log: Log, work: (ensure: EnsureExecutable) => Promise<T>): Promise<T> {
  let session: Promise<() => Promise<void>> | undefined;
  const ensure: EnsureExecutable = async (executable) => {
    const target = await executablePath(executable);
    if (await isExecutable(target)) return target;
    session ??= begin(log);
    await session;
    if (!(await isExecutable(target))) await build(executable, target, log);
    return target;
  };
  try {
    return await work(ensure);
  } finally {
    // When begin() itself failed, `work` has thrown that error already.
    const end = await session?.catch(() => undefined);
    await end?.();
  }
}

/** Takes the lock and checks the room. @returns what ends the builds */
async function begin(log: Log): Promise<() => Promise<void>> {
  const release = await takeLock("go-builds", log);
  try {
    await mkdir(paths.bin(), { recursive: true });
    await requireRoom(cacheRoot());
  } catch (error) {
    await release();
    throw error;
  }
  return async () => {
    // Modules' files are never in here, so everything is writable and removable.
    await rm(buildCache(), { recursive: true, force: true });
    await release();
  };
}

async function requireRoom(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeGib = (bavail * bsize) / 2 ** 30;
  if (freeGib < NEEDED_GIB) {
    throw new Error(
      `free disk at ${folder}: ${freeGib.toFixed(1)} GiB; needed while compiling: ${NEEDED_GIB} GiB; ` +
        `fix: free some, or set SMARTEROS_CACHE to a folder on a larger disk`,
    );
  }
}

/** Compiles into a temporary folder beside the target and renames it: a half-written program is never found. */
async function build(executable: GoExecutable, target: string, log: Log): Promise<void> {
  const cwd = moduleFolder(executable);
  const env = { ...buildEnvironment, GOCACHE: buildCache() };
  let total = 0;
  let compiled = 0;
  const lastLines: string[] = [];
  const keepLast = function* (line: unknown) {
    lastLines.push(String(line));
    if (lastLines.length > 15) lastLines.shift();
    yield line;
  };
  const countPackages = function* (line: unknown) {
    compiled++;
    yield* keepLast(line);
  };

  const work = async () => {
    const tags = executable.tags === undefined ? [] : ["-tags", executable.tags];
    const list = ["list", "-mod=readonly", ...tags, "-deps", executable.package];
    total = (await run("go", list, { cwd, env, stderr: keepLast, lines: true })).stdout.length;
    const temporary = await mkdtemp(join(paths.bin(), `.${executable.name}-`));
    try {
      const output = join(temporary, executable.name);
      await run("go", [...buildArguments(executable), "-v", "-o", output, executable.package], {
        cwd,
        env,
        stderr: countPackages,
      });
      await chmod(temporary, 0o755); // mkdtemp's 0700 would hide the program from a container's own user
      await rm(dirname(target), { recursive: true, force: true });
      await rename(temporary, dirname(target));
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
  };
  const state = () => (total === 0 ? "fetching modules" : `${compiled} of ${total} packages compiled`);
  const estimateSeconds = (executable.buildSeconds * 2) / availableParallelism();
  try {
    await step(log, `compile ${executable.name}`, work, {
      detail: `from Go modules -> ${dirname(target)}`,
      state,
      estimateSeconds,
    });
  } catch (cause) {
    throw new Error(
      `${executable.name}: go build of ${executable.package} failed:\n${lastLines.join("\n")}\n` +
        `fix: check that the Go module proxy answers (go env GOPROXY) and run "npm run setup" again`,
      { cause },
    );
  }
}
