import { readFile } from "node:fs/promises";
import { dataRoot, expandHome } from "../../components/host/paths";
import { quote } from "../../components/host/scripts";
import { runOverSsh } from "../../components/host/ssh";
import type { FenceSpec } from "../../contracts/fence";
import { guardFiles, guardSet } from "../../contracts/guard";
import { tellFence } from "../words";
import { done, skipped, type WayResult } from "./way";

/** Seconds that a container has to stop in order, before it is killed. */
const stopSeconds = 6;

/**
 * Stops every container of an older generation of this site, and lets none start again: neither with the engine (no restart policy) nor by
 * hand (the boot guard is told). It prints how many there are. Run again it changes nothing; a newer generation on the same host is not touched.
 */
export function stopScript(domain: string, generation: number): string {
  const guard = `${dataRoot}/${guardSet}`;
  const old = `docker ps --all --filter ${quote(`label=smarteros.site=${domain}`)} --format '{{.ID}} {{.Label "smarteros.generation"}} {{.State}}' | awk -v newest=${generation} '$2 < newest'`;
  return `set -eu
ids=$(${old} | cut -d ' ' -f 1)
if [ -z "$ids" ]; then echo 0; exit 0; fi
# Before they stop: the engine does not change a container that has just ended; again if one ended meanwhile.
docker update --restart=no $ids >/dev/null || docker update --restart=no $ids >/dev/null
if [ -d ${guard} ]; then
  rm -f ${guard}/${guardFiles.beat}
  echo "fenced off by generation ${generation}" > ${guard}/${guardFiles.down}
fi
timeout ${stopSeconds + 2} docker stop --time ${stopSeconds} $ids >/dev/null || docker kill $ids >/dev/null 2>&1 || true
left=$(${old} | awk '$3 == "running" || $3 == "restarting"' | wc -l)
[ "$left" -eq 0 ] || { echo "$left containers still run" >&2; exit 1; }
echo "$ids" | wc -l
`;
}

/** @param deadline milliseconds @throws what hindered it */
export async function stopBySsh(
  { ssh, addresses, domain, generation }: FenceSpec,
  deadline: number,
): Promise<WayResult> {
  if (addresses.length === 0) return skipped(tellFence("noAddress"));
  if (!ssh) return skipped(tellFence("noHostKey"));
  const privateKey = await readFile(expandHome(ssh.privateKeyFile), "utf8");
  const said = await Promise.all(
    addresses.map(async (host) => {
      const output = await runOverSsh(
        { host, user: ssh.user, privateKey, hostKey: ssh.hostKey },
        stopScript(domain, generation),
        { deadline },
      );
      return `${host} (${output.trim()})`;
    }),
  );
  return done(tellFence("stopped", said.join(", ")));
}
