import { type SealStatus, type VaultClient, VaultError } from "./vault-client";
import { waitFor } from "./wait";

/** Seconds in which Vault must answer at all, and take over after the unsealing. */
const deadlines = { answers: 60, active: 60 };

/** A container that has just been started refuses connections for a moment. */
export function untilAnswers(vault: VaultClient): Promise<SealStatus> {
  return waitFor("Vault to answer", deadlines.answers, async () => {
    try {
      return await vault.sealStatus();
    } catch (error) {
      if (error instanceof VaultError) throw error;
      return undefined;
    }
  });
}

/** An unsealed Vault first becomes its own leader; until then it writes nothing. */
export async function untilActive(vault: VaultClient): Promise<void> {
  await waitFor("Vault to be active", deadlines.active, async () => ((await vault.isActive()) ? true : undefined));
}
