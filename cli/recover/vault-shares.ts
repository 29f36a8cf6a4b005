import { z } from "zod";
import { OperatorError, type Context } from "../context";
import { exitCodes } from "../exit-codes";
import { refused } from "./host";
import type { Living } from "./living";
import { vaultWords } from "./vault-words";

/** Names of the settings. */
export const settingNames = {
  token: "smarteros:vaultToken",
  shares: "smarteros:vaultUnsealShares",
  next: "smarteros:vaultUnsealSharesNext",
} as const;

const list = z.array(z.string().min(1)).min(1);

/** A setting that holds shares. */
export const sharesIn = (text: string | undefined): string[] | undefined =>
  text === undefined ? undefined : list.parse(JSON.parse(text));

/** The shares that open Vault now, where the stack has them: as set, else as Vault's first start put them out. */
export const knownShares = ({ clear, vaultEscrow }: Living): string[] | undefined =>
  sharesIn(clear.values[settingNames.shares]) ?? vaultEscrow?.unsealShares;

/** @throws OperatorError where shares would have to be asked for and there is nobody to ask */
export function requireShares(living: Living, { lang }: Context): void {
  if (knownShares(living) === undefined && !process.stdin.isTTY) throw refused(vaultWords[lang].noShares);
}

/** Asks the holders, one after the other, without showing what they type; an empty answer ends it. @throws OperatorError at Ctrl-C */
export async function askShares({ lang, signal }: Context): Promise<string[]> {
  const { default: password } = await import("@inquirer/password");
  const shares: string[] = [];
  try {
    for (;;) {
      const message = vaultWords[lang].askShare(shares.length + 1);
      const share = (await password({ message }, { signal, output: process.stderr })).trim();
      if (share !== "") shares.push(share);
      else if (shares.length > 0) return shares;
    }
  } catch (cause) {
    throw new OperatorError("Ctrl-C", exitCodes.interrupted, { cause });
  }
}
