import { z } from "zod";
import type { GateCheck } from "../../../../contracts/gate";
import type { VaultHardenSpec, VaultRekeyed, vaultVerified } from "../../../../contracts/vault-harden";
import { VaultClient, VaultError } from "../vault-client";
import { enoughShares } from "../vault-unseal";
import { tokens } from "./look";
import { areIts, asRoot } from "./root";

type Spec<Step> = Extract<VaultHardenSpec, { step: Step }>;

const begun = z.object({ nonce: z.string() });
const rekeyed = z.object({
  complete: z.boolean().optional(),
  keys_base64: z.array(z.string()).optional(),
  pgp_fingerprints: z.array(z.string()).nullish(),
});
const backup = z.object({ data: z.object({ keys_base64: z.record(z.string(), z.array(z.string())) }) });
const verification = z.object({ nonce: z.string().optional(), complete: z.boolean().optional() });

/**
 * New shares (https://developer.hashicorp.com/vault/api-docs/system/rekey). In clear, the old ones open this Vault until the new ones are kept
 * safely and `verify` has proved it. For PGP keys nobody could prove it but their holders: Vault keeps the encrypted shares, so that a run
 * which was killed before it could hand them on is handed them again.
 */
export async function rekey({ address, unsealShares, pgpKeys, siteToken }: Spec<"rekey">): Promise<VaultRekeyed> {
  if (pgpKeys === undefined) {
    const made = await makeShares(address, unsealShares, { require_verification: true });
    return { kind: "clear", shares: made.keys_base64 ?? [] };
  }
  const site = new VaultClient(address, siteToken);
  if ((await kept(site)).length === 0)
    await asRoot(address, unsealShares, async (root) => {
      await makeShares(address, unsealShares, { pgp_keys: pgpKeys, backup: true });
      await finish(root);
    });
  return { kind: "pgp", shares: await kept(site), checks: [await oldSharesRefused(address, unsealShares)] };
}

async function makeShares(
  address: string,
  given: readonly string[],
  options: { readonly pgp_keys?: readonly string[]; readonly backup?: true; readonly require_verification?: true },
): Promise<z.infer<typeof rekeyed>> {
  const vault = new VaultClient(address);
  const { n, t } = await vault.sealStatus();
  const shares = options.pgp_keys?.length ?? n;
  await vault.delete("sys/rekey/init"); // of whoever was killed in the middle
  const { nonce } = begun.parse(
    await vault.write("sys/rekey/init", {
      secret_shares: shares,
      secret_threshold: thresholdOf(shares, t),
      ...options,
    }),
  );
  for (const key of enoughShares(given, t)) {
    const answer = rekeyed.parse(await vault.write("sys/rekey/update", { nonce, key }));
    if (answer.complete) return answer;
  }
  throw new Error(`Vault at ${address} took ${t} shares, and made no new ones`);
}

/** The threshold stays what it was, as far as there are shares enough; one that opens it alone only when it is the only one. */
export const thresholdOf = (shares: number, before: number): number =>
  shares === 1 ? 1 : Math.max(2, Math.min(before, shares));

/** The encrypted shares that Vault keeps; none: there was no rekey for PGP keys. */
async function kept(site: VaultClient): Promise<{ fingerprint: string; message: string }[]> {
  const found = await site.read("sys/rekey/backup").catch((error: unknown) => {
    if (error instanceof VaultError && /no backed-up keys/.test(error.message)) return undefined;
    throw error;
  });
  if (found === undefined) return [];
  return Object.entries(backup.parse(found).data.keys_base64).flatMap(([fingerprint, messages]) =>
    messages.map((message) => ({ fingerprint, message })),
  );
}

/** @see vaultVerified */
export async function verify({
  address,
  unsealShares,
  newShares,
}: Spec<"verify">): Promise<z.infer<typeof vaultVerified>> {
  const vault = new VaultClient(address);
  await submit(vault, newShares);
  if (!(await areIts(address, newShares))) return { state: "lost" };
  await asRoot(address, newShares, finish);
  return { state: "active", checks: [await oldSharesRefused(address, unsealShares)] };
}

/** Gives the new shares to a rekey that waits for them. One that does not wait, or not for these, is judged by what opens it afterwards. */
async function submit(vault: VaultClient, newShares: readonly string[]): Promise<void> {
  try {
    await vault.delete("sys/rekey/verify"); // shares that were given before do not count
    const { nonce } = verification.parse(await vault.read("sys/rekey/verify"));
    for (const key of newShares) {
      const { complete } = verification.parse(await vault.write("sys/rekey/verify", { nonce, key }));
      if (complete) return;
    }
  } catch (error) {
    if (!(error instanceof VaultError) || error.status !== 400) throw error;
  }
}

/** Under the new root key: the barrier key once more, and the root token of a run that was killed goes. */
async function finish(root: VaultClient): Promise<void> {
  await root.write("sys/rotate", {});
  for (const { accessor, kind } of await tokens(root)) if (kind !== "site") await root.revokeAccessor(accessor);
}

async function oldSharesRefused(address: string, old: readonly string[]): Promise<GateCheck> {
  const opens = await areIts(address, old);
  return { name: "old shares", ok: !opens, evidence: opens ? "they still open it" : "this Vault refuses them" };
}
