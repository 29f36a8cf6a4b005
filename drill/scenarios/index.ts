import type { ScenarioName } from "../result";
import { postgresCorrupt } from "./postgres-corrupt";
import type { Scenario } from "./scenario";
import { vpsDown } from "./vps-down";

/** Every scenario, by its name. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  "vps-down": vpsDown,
  "postgres-corrupt": postgresCorrupt,
};
