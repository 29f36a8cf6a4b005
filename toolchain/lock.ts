import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { lock } from "proper-lockfile";
import { cacheRoot } from "./paths";
import type { Log } from "./progress";

/** Longest wait for another process: more than a first-time build of everything takes. */
const DEADLINE_MINUTES = 40;

/**
 * Takes a lock that all processes of this user share. One left by a process that died is taken over after 30 s.
 * @returns its release
 * @throws when another process still holds it after 40 minutes
 */
export async function takeLock(name: string, log: Log): Promise<() => Promise<void>> {
  const folder = join(cacheRoot(), "locks");
  await mkdir(folder, { recursive: true });
  const options = { realpath: false, stale: 30_000, update: 5_000 };
  const file = join(folder, name);
  try {
    return await lock(file, options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
  }
  log(`another process holds the lock "${name}": waiting for it`);
  const everySeconds = 1;
  const retries = { retries: (DEADLINE_MINUTES * 60) / everySeconds, factor: 1, minTimeout: everySeconds * 1000 };
  try {
    return await lock(file, { ...options, retries });
  } catch (cause) {
    throw new Error(
      `lock "${name}": still held after ${DEADLINE_MINUTES} minutes; fix: end the other process, or remove ${file}.lock if there is none`,
      { cause },
    );
  }
}
