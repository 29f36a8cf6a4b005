import { gateFailedExitCode } from "../../../contracts/gate";
import { vaultCutOffExitCode, vaultSharesExitCode } from "../../../contracts/vault";

/** Exit codes of the agent; 1 is any other error. */
export const exitCodes = {
  /** The gate did not pass. */
  gateFailed: gateFailedExitCode,
  /** A restore was refused; nothing was touched. */
  refused: 3,
  /** Vault's shares are wrong or too few. */
  vaultShares: vaultSharesExitCode,
  /** Vault has to be emptied before it can be restored. */
  vaultCutOff: vaultCutOffExitCode,
} as const;

/** An error that ends the command with an exit code of its own. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
