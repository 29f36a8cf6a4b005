import type { ScenarioName } from "../result";
import { failback } from "./failback";
import { fileLoss } from "./file-loss";
import { networksBroken } from "./networks-broken";
import { partitionedPrimary } from "./partitioned-primary";
import { postgresCorrupt } from "./postgres-corrupt";
import { ransomware } from "./ransomware";
import type { Scenario } from "./scenario";
import { sqlInjection } from "./sql-injection";
import { vaultCompromised } from "./vault-compromised";
import { vpsDown } from "./vps-down";

/** Every scenario, by its name. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  "vps-down": vpsDown,
  "partitioned-primary": partitionedPrimary,
  ransomware,
  failback,
  "postgres-corrupt": postgresCorrupt,
  "sql-injection": sqlInjection,
  "file-loss": fileLoss,
  "networks-broken": networksBroken,
  "vault-compromised": vaultCompromised,
};
