import { failover } from "./failover";
import type { Scenario } from "./scenario";
import { tell } from "../timeline-words";

/** E1, E2, E3: the host is gone without warning. */
export const vpsDown: Scenario = {
  name: "vps-down",
  run: (stage, draft) =>
    failover(stage, draft, {
      loss: (address) => tell("destroyed", address),
      lose: () => stage.cloud.destroyHostinger(),
    }),
};
