import { access, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import pRetry, { AbortError } from "p-retry";
import { debianPrograms, type DebianProgram } from "./debian";
import { takeLock } from "./lock";
import { paths } from "./paths";
import { isExecutable, which } from "./probe";
import { step, type Log } from "./progress";
import { run } from "./run";

/** How long another apt or dpkg (unattended upgrades, say) is waited for. */
const APT_LOCK_SECONDS = 300;

const policyFile = "/usr/sbin/policy-rc.d";

/** Path of a program: on PATH, or extracted into the cache before. */
export async function findProgram(wanted: DebianProgram): Promise<string | undefined> {
  return (await which(wanted.program)) ?? (wanted.extractOnly ? findExtracted(wanted) : undefined);
}

async function findExtracted({ program }: DebianProgram): Promise<string | undefined> {
  const folder = (await readdir(paths.bin()).catch(emptyWhenMissing)).find((name) => name.startsWith(`${program}-`));
  const file = folder && join(paths.bin(), folder, program);
  return file && (await isExecutable(file)) ? file : undefined;
}

const emptyWhenMissing = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === "ENOENT") return [];
  throw error;
};

/**
 * Installs what is missing of toolchain/debian.ts by apt. Services that packages bring are not started.
 * @returns the path of each program
 * @throws when something is missing and this is no Debian, or not root: the message gives the command to run
 */
export async function ensureDebian(log: Log): Promise<Record<keyof typeof debianPrograms, string>> {
  if ((await missingPrograms()).length > 0) {
    const release = await takeLock("apt", log);
    try {
      await install(await missingPrograms(), log);
    } finally {
      await release();
    }
  }
  const found = await Promise.all(
    Object.entries(debianPrograms).map(async ([key, wanted]: [string, DebianProgram]) => {
      const path = await findProgram(wanted);
      if (!path)
        throw new Error(
          `${wanted.program}: not found after package ${wanted.package} was installed; fix: put it on PATH`,
        );
      return [key, path];
    }),
  );
  return Object.fromEntries(found) as Record<keyof typeof debianPrograms, string>;
}

/** What is not there now. */
export async function missingPrograms(): Promise<DebianProgram[]> {
  const all: DebianProgram[] = Object.values(debianPrograms);
  const found = await Promise.all(all.map(findProgram));
  return all.filter((_, index) => found[index] === undefined);
}

/** @example installCommand(missing) === "apt-get install docker.io debootstrap" */
export const installCommand = (missing: readonly DebianProgram[]): string =>
  `apt-get install ${[...new Set(missing.map((wanted) => wanted.package))].join(" ")}`;

async function install(missing: DebianProgram[], log: Log): Promise<void> {
  if (missing.length === 0) return;
  const names = missing.map((wanted) => wanted.program).join(", ");
  if (!(await which("apt-get"))) {
    throw new Error(`${names}: not on PATH, and this is no Debian; fix: install them by your system's own means`);
  }
  if (process.getuid?.() !== 0) throw new Error(`${names}: not on PATH; fix: as root, ${installCommand(missing)}`);

  await step(log, "apt-get update", () => apt(["update"]));
  const whole = [...new Set(missing.filter((wanted) => !wanted.extractOnly).map((wanted) => wanted.package))];
  if (whole.length > 0) {
    await step(log, `apt-get install ${whole.join(" ")}`, () =>
      withoutServices(() => apt(["install", "--yes", "--no-install-recommends", ...whole])),
    );
  }
  for (const wanted of missing.filter((one) => one.extractOnly)) await extract(wanted, log);
}

/** Runs apt-get; waits while another process holds one of its locks. */
async function apt(args: string[], cwd = "/"): Promise<void> {
  const env = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };
  const attempt = async () => {
    const { failed, stderr, shortMessage } = await run(
      "apt-get",
      ["-o", `DPkg::Lock::Timeout=${APT_LOCK_SECONDS}`, "-q", ...args],
      {
        cwd,
        env,
        reject: false,
        stdin: "ignore",
      },
    );
    if (!failed) return;
    const message = `${shortMessage}\n${stderr}\nfix: run "apt-get ${args.join(" ")}" by hand and read its output`;
    // The lock of the package lists, unlike dpkg's, has no waiting option.
    throw /Could not get lock/.test(stderr) ? new Error(message) : new AbortError(message);
  };
  await pRetry(attempt, { retries: Infinity, factor: 1, minTimeout: 2000, maxRetryTime: APT_LOCK_SECONDS * 1000 });
}

/** Debian's own switch: while this file says 101, maintainer scripts start no service. A file that is there already is kept. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  const isThere = await access(policyFile).then(
    () => true,
    () => false,
  );
  if (isThere) return work();
  await writeFile(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    await rm(policyFile, { force: true });
  }
}

/** Takes one program out of its package into bin/<program>-<version>/. apt checks the package's signature and hash. */
async function extract(wanted: DebianProgram, log: Log): Promise<void> {
  await mkdir(paths.bin(), { recursive: true });
  const temporary = await mkdtemp(join(paths.bin(), `.${wanted.program}-`));
  const work = async () => {
    await apt(["download", wanted.package], temporary);
    const archive = (await readdir(temporary)).find((name) => name.endsWith(".deb"));
    if (!archive) throw new Error(`apt-get download ${wanted.package}: left no .deb file in ${temporary}`);
    await run("dpkg-deb", ["--extract", archive, "root"], { cwd: temporary });
    const version = archive.split("_")[1] ?? "unknown";
    const target = join(paths.bin(), `${wanted.program}-${version}`);
    await rm(target, { recursive: true, force: true });
    await rename(join(temporary, "root", "usr", "bin"), target);
  };
  try {
    await step(log, `extract ${wanted.program} from Debian's package`, work, { detail: `-> ${paths.bin()}` });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
