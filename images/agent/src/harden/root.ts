import { z } from "zod";
import { VaultClient, VaultError } from "../vault-client";
import { enoughShares, SharesRefused } from "../vault-unseal";

/** How long a root token lives that a run which was killed could not revoke. */
const lifetime = "15m";

const attempt = z.object({ nonce: z.string(), otp: z.string() });
const update = z.object({ complete: z.boolean(), encoded_token: z.string() });
const made = z.object({ auth: z.object({ client_token: z.string() }) });

/**
 * Does something with a root token that the shares make, and that is gone afterwards.
 * https://developer.hashicorp.com/vault/api-docs/system/generate-root
 * @throws SharesRefused when the shares are not this Vault's
 */
export async function asRoot<T>(
  address: string,
  shares: readonly string[],
  work: (root: VaultClient) => Promise<T>,
): Promise<T> {
  const endless = new VaultClient(address, await generateRoot(new VaultClient(address), shares));
  const ours = made.parse(
    await endless.write("auth/token/create-orphan", {
      policies: ["root"],
      ttl: lifetime,
      display_name: "smarteros-recovery",
    }),
  );
  await endless.revokeSelf();
  const root = new VaultClient(address, ours.auth.client_token);
  try {
    return await work(root);
  } finally {
    await root.revokeSelf();
  }
}

/** Whether these shares are this Vault's. Changes nothing. */
export const areIts = (address: string, shares: readonly string[]): Promise<boolean> =>
  asRoot(address, shares, async () => true).catch((error: unknown) => {
    if (error instanceof SharesRefused) return false;
    throw error;
  });

/** A root token without an end: for what goes with it. @throws SharesRefused when the shares are not this Vault's */
export async function generateRoot(vault: VaultClient, given: readonly string[]): Promise<string> {
  const shares = enoughShares(given, (await vault.sealStatus()).t);
  await vault.delete("sys/generate-root/attempt"); // of whoever was killed in the middle
  const { nonce, otp } = attempt.parse(await vault.write("sys/generate-root/attempt", {}));
  for (const key of shares) {
    const { complete, encoded_token } = update.parse(
      await vault.write("sys/generate-root/update", { nonce, key }).catch(async (error: unknown) => {
        await vault.delete("sys/generate-root/attempt");
        if (!(error instanceof VaultError) || !/unable to authenticate|'key'|share/.test(error.message)) throw error;
        throw new SharesRefused("unsealShares: at least one is not this Vault's");
      }),
    );
    if (complete) return decode(encoded_token, otp);
  }
  throw new SharesRefused(`${shares.length} shares were taken, and made no root token`);
}

/** @param encoded base64 of the token, each byte by exclusive or with the one-time password's */
export function decode(encoded: string, otp: string): string {
  const password = Buffer.from(otp);
  return Buffer.from(Buffer.from(encoded, "base64").map((byte, i) => byte ^ (password[i] ?? 0))).toString();
}
