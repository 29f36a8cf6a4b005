import { dataRoot } from "../../components/host/connection";
import { clusterModules, loseAndRecover } from "./living";
import type { Scenario } from "./scenario";
import { tell } from "../timeline-words";

/**
 * S2, E5: the disk under the cluster goes bad. Every table and index file of the databases is overwritten in its middle, and the server
 * falls: it can neither go on nor say what the last write was.
 */
export const postgresCorrupt: Scenario = {
  name: "postgres-corrupt",
  run: (stage, draft) =>
    loseAndRecover(stage, draft, {
      what: tell("clusterLost"),
      damage: async () => void (await stage.onVps(corruption)),
      recovery: ["recover", "postgres"],
      darkFrom: /nobody writes any more/,
      modules: clusterModules,
    }),
};

/** Noise over one page of each file, from the middle on; the server is killed, as it would be by a failing disk. */
const corruption = `set -eu
docker kill postgres >/dev/null
cd ${dataRoot}/postgres/pgdata
for f in $(find base global -type f -size +15k ! -name 'pg_*'); do
  pages=$(( $(stat -c %s "$f") / 8192 ))
  dd if=/dev/urandom of="$f" bs=8192 seek=$(( pages / 2 )) count=1 conv=notrunc status=none
done
docker start postgres >/dev/null`;
