import { join } from "node:path";
import { execa } from "execa";

/** Seconds to wait for another run of the same restore: as long as one may take. */
const waitSeconds = 3600;

/**
 * Keeps other restores of these folders away until `use` ends. The operator's program may have been killed while its
 * restore goes on here: the next run then waits for it, and finds its work done. The kernel lets go of the lock
 * when this process ends, however it ends: `flock` holds it for as long as it can read our pipe.
 */
export async function withLocks<T>(folders: readonly string[], use: () => Promise<T>): Promise<T> {
  const [first, ...others] = [...folders].sort(); // one order for all, so that two restores never wait for each other
  if (first === undefined) return use();
  const file = join(first, ".smarteros-restore.lock");
  const holder = execa("flock", ["--timeout", String(waitSeconds), file, "sh", "-c", "echo locked; exec cat"], {
    buffer: false,
    reject: false,
  });
  try {
    const said = await Promise.race([
      holder.iterable()[Symbol.asyncIterator]().next(),
      holder.then(() => ({ value: undefined })),
    ]);
    if (said.value !== "locked") {
      throw new Error(`${file} could not be locked in ${waitSeconds} s: another restore of ${first} has not ended`);
    }
    return await withLocks(others, use);
  } finally {
    holder.stdin.end();
    await holder;
  }
}
