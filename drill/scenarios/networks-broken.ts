import { networkName } from "../../components/services/spec";
import { plan } from "../../plan/plan";
import { loseAndRecover } from "./living";
import type { Scenario } from "./scenario";
import { tell } from "../timeline-words";

/** E6: every container is cut off the site's network, and the network is gone: nobody reaches anybody. No data is lost. */
export const networksBroken: Scenario = {
  name: "networks-broken",
  run: (stage, draft) =>
    loseAndRecover(stage, draft, {
      what: tell("networksLost"),
      damage: async () => void (await stage.onVps(networkLoss)),
      recovery: ["recover", "networks"],
      modules: plan.services.map(({ name }) => name),
    }),
};

/** Cuts every container off and deletes the network. */
export const networkLoss = `set -eu
for id in $(docker network inspect --format '{{range $id, $_ := .Containers}}{{$id}} {{end}}' ${networkName}); do
  docker network disconnect --force ${networkName} "$id"
done
docker network rm ${networkName} >/dev/null`;
