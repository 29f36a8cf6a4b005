import { readFile } from "node:fs/promises";
import { waitUntil } from "./wait";

/** Arguments of a live process, or undefined when there is none with that id. */
export async function commandLine(pid: number): Promise<string[] | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/cmdline`, "utf8");
    return text === "" ? undefined : text.split("\0").slice(0, -1);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/**
 * Process id from a pid file, if that process lives and its command line holds `marker`: ids are reused, so a number
 * alone proves nothing.
 */
export async function livePid(pidFile: string, marker: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile, "utf8").catch((error) => (isGone(error) ? "" : Promise.reject(error))));
  if (!Number.isInteger(pid) || pid < 2) return undefined;
  const args = await commandLine(pid);
  return args?.some((arg) => arg.includes(marker)) ? pid : undefined;
}

/** Ends one process: SIGTERM, and SIGKILL when it has not gone after `graceSeconds`. */
export async function stopProcess(pid: number, what: string, graceSeconds = 20): Promise<void> {
  const gone = async () => (await commandLine(pid)) === undefined;
  signal(pid, "SIGTERM");
  try {
    await waitUntil(gone, { what: `${what} (process ${pid}) to end after SIGTERM`, seconds: graceSeconds });
  } catch {
    signal(pid, "SIGKILL");
    await waitUntil(gone, { what: `${what} (process ${pid}) to end after SIGKILL`, seconds: 5 });
  }
}

/** Sends a signal; a process that has gone in the meantime is what was wanted. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

const isGone = (error: unknown) => ["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "");
