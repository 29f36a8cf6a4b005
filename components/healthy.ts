import { quote } from "./host/scripts";

/** Of the name of the command that waits for a container; the rest is the container's. */
export const healthySuffix = "healthy";

/** A container that was restarted so often while it was waited for does not start any more. */
const restartsAtMost = 5;
/** Lines of its log that say why. */
const logLines = 20;

/** Runs the script that is on stdin for a container: a command that fails is shown whole, and the script would hide the cause. */
export const healthyCommand = (id: string): string => `sh -s -- ${id}`;

/** A health check as `docker exec` runs it. @param test Docker's: ["CMD", ...] or ["CMD-SHELL", "..."] */
const testCommand = ([kind, ...words]: readonly string[]): string =>
  (kind === "CMD-SHELL" ? ["/bin/sh", "-c", ...words] : words).map(quote).join(" ");

/**
 * Waits on the host until the container $1 is healthy. It runs the container's own test at once and again and again: Docker's first run comes a
 * whole interval after the start (https://docs.docker.com/reference/dockerfile/#healthcheck), which each wave of a recovery would wait for. It ends
 * early when the container has ended, or is restarted again and again; restarts of before do not count. A failure gives the cause, the
 * consequence, the fix, and what the container said last.
 * @param seconds how long it may take
 * @param test Docker's: ["CMD", ...] or ["CMD-SHELL", "..."]
 */
export function healthyScript(name: string, seconds: number, test: readonly string[]): string {
  const shown = "{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}} {{.State.ExitCode}}";
  return `{
id=$1 end=$(($(date +%s) + ${seconds}))
fail() { { echo "${name}: $1; consequence: nothing that waits for it is started; fix: what its last lines name, then the same command again:"; docker logs --tail ${logLines} "$id"; } >&2; exit 1; }
while ! docker exec "$id" ${testCommand(test)} >/dev/null 2>&1; do
  set -- $(docker inspect --format '${shown}' "$id")
  [ $# -eq 4 ] || exit 1
  [ "$2" != healthy ] || exit 0
  first=\${first:-$3}; again=$(($3 - first))
  case $1 in exited | dead) fail "it ended with exit code $4" ;; esac
  [ $again -lt ${restartsAtMost} ] || fail "it is restarted again and again, $again times by now, last exit code $4"
  [ $(date +%s) -lt $end ] || fail "not healthy after ${seconds} s ($1, $2, restarted $3 times)"
  sleep 0.3
done
} < /dev/null
`;
}
