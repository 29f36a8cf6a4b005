import type { VaultHardenSpec } from "../../../../contracts/vault-harden";
import { exitCodes, Failure } from "../failure";
import type { Log } from "../log";
import { VaultClient } from "../vault-client";
import { enoughShares, SharesRefused, unseal } from "../vault-unseal";
import { untilActive, untilAnswers } from "../vault-waits";
import { clean } from "./clean";
import { look } from "./look";
import { rekey, verify } from "./rekey";
import { asRoot } from "./root";

/**
 * One step of the hardening of a Vault that others may have had a hand in; opens it first.
 * @returns what the step prints, see contracts/vault-harden.ts
 * @throws Failure with exit code 4 when the shares do not open it: nothing was changed
 */
export async function harden(spec: VaultHardenSpec, log: Log): Promise<unknown> {
  try {
    await open(spec);
    const result = await work(spec);
    log.info("vault-hardened", { step: spec.step });
    return result;
  } catch (error) {
    if (!(error instanceof SharesRefused)) throw error;
    throw new Failure(
      `Vault cannot be opened: ${error.message}`, // what to do is for whoever runs the step to say
      exitCodes.vaultShares,
    );
  }
}

async function open(spec: VaultHardenSpec): Promise<void> {
  const vault = new VaultClient(spec.address);
  const { sealed, t } = await untilAnswers(vault);
  if (!sealed) return untilActive(vault);
  try {
    await unseal(vault, enoughShares(spec.unsealShares, t));
  } catch (error) {
    // Sealed after the new shares were made its own, and before that was noted.
    if (!(error instanceof SharesRefused) || spec.step !== "verify") throw error;
    await unseal(vault, enoughShares(spec.newShares, t));
  }
}

function work(spec: VaultHardenSpec): Promise<unknown> {
  const { address, unsealShares } = spec;
  switch (spec.step) {
    case "look":
      return asRoot(address, unsealShares, look);
    case "clean":
      return asRoot(address, unsealShares, clean);
    case "rekey":
      return rekey(spec);
    case "verify":
      return verify(spec);
    default:
      return spec satisfies never;
  }
}
