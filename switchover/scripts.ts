import { quote } from "../components/host/scripts";

/**
 * Stops containers side by side, and proves that none runs; one that is stopped, or was never there, is no error. Prints the host's time, ISO 8601:
 * from then on nobody writes.
 * @param seconds that each has to end in order
 */
export const quiesceScript = (names: readonly string[], seconds: number): string => `set -eu
for name in ${names.map(quote).join(" ")}; do
  docker stop --time ${seconds} "$name" >/dev/null 2>&1 &
done
wait
for name in ${names.map(quote).join(" ")}; do
  running=$(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null || echo false)
  [ "$running" = false ] || { echo "$name does not stop; fix: docker kill $name, then run this again" >&2; exit 1; }
done
date -u +%Y-%m-%dT%H:%M:%S.%3NZ`;

/**
 * Begins a backup cycle at once. Not by `docker kill`, after which Docker would not start the agent again when it ends. (An agent that does not know
 * the signal ends by it, is started again, and begins with a cycle.)
 */
export const cycleNowScript = `docker exec agent sh -c 'kill -USR2 1'`;

/** Starts containers again. */
export const resumeScript = (names: readonly string[]): string =>
  `docker start ${names.map(quote).join(" ")} >/dev/null`;
