import { hostname } from "node:os";
import { identify } from "./process";

/** Who holds the lock of a stack's state, as the engine says it. */
export interface StateLock {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** @example "created by root@vm (pid 1234) at 2026-11-24T03:00:00Z" */
const heldBy = /created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g;

/** The locks that an error of the engine names; none when it is another error. */
export function locksIn(message: string): StateLock[] {
  if (!/currently locked/.test(message)) return [];
  return [...message.matchAll(heldBy)].map(([, user = "", host = "", pid, since = ""]) => ({
    user,
    host,
    pid: Number(pid),
    since,
  }));
}

/** Locks that no living process on this machine holds; of another machine's nothing is known, so they count as living. */
export async function staleLocks(locks: readonly StateLock[]): Promise<boolean> {
  if (locks.length === 0) return false;
  const living = await Promise.all(
    locks.map(async ({ host, pid, since }) => {
      if (host !== hostname()) return true;
      const process = await identify(pid);
      // A number that was given to a younger process is not the holder's.
      return process !== undefined && Date.parse(process.born) <= Date.parse(since);
    }),
  );
  return !living.some(Boolean);
}
