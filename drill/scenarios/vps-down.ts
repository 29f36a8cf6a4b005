import { failover } from "./failover";
import type { Scenario } from "./scenario";

/** E1, E2, E3: the host is gone without warning. */
export const vpsDown: Scenario = {
  name: "vps-down",
  run: (stage, draft) => failover(stage, draft, { loss: "is destroyed", lose: () => stage.cloud.destroyHostinger() }),
};
