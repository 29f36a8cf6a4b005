import { createHash } from "node:crypto";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { RestoreResult } from "../../../contracts/agent";
import { type VaultIdentity, vaultIdentity, vaultIdentityName, type VaultRestoreSpec } from "../../../contracts/vault";
import { exitCodes, Failure } from "./failure";
import { type Log, messageOf } from "./log";
import { parseJson } from "./settings";
import { generateRoot } from "./harden/root";
import { VaultClient, VaultError } from "./vault-client";
import { enoughShares, SharesRefused, unseal } from "./vault-unseal";
import { untilActive, untilAnswers } from "./vault-waits";
import { waitFor } from "./wait";

/** Seconds in which Vault must seal itself after the snapshot: 1.19 takes 6. */
const sealSeconds = 60;

/**
 * Brings Vault to serve the data of its snapshot. An empty Vault is initialised with shares of its own, which last until
 * the snapshot is in place; it then opens with the shares of the Vault that made the snapshot. A Vault that is
 * initialised already is only unsealed, one that is unsealed is left alone: so the same spec may be run again.
 * The shares stay in this process' memory.
 *
 * From before the initialisation until the Vault is proved to be the snapshot's, a mark lies beside the snapshot: a run that is cut off in
 * between leaves a Vault whose shares nobody has, and by the mark the next one knows that there is nothing in it to lose.
 *
 * A seeded Vault serves nobody yet: as long as its mark says so, beside the snapshot, a restore that names the seeding puts its own snapshot in the place
 * of the seeding's, if that is another one.
 * @throws Failure with exit code 4 when the shares do not open it; nothing was touched when they are too few
 * @throws Failure with exit code 5 when an earlier run was cut off, and the Vault has to be emptied first
 */
export async function vaultRestore(spec: VaultRestoreSpec, log: Log): Promise<RestoreResult> {
  const startedAt = new Date().toISOString();
  const identityFile = join(dirname(spec.snapshotFile), vaultIdentityName);
  const identity = parseJson(await readFile(identityFile, "utf8"), identityFile, vaultIdentity);
  const shares = sharesOf(spec, identity);
  const vault = new VaultClient(spec.address);
  const before = await untilAnswers(vault);

  const mark = join(dirname(spec.snapshotFile), "restore-begun");
  const seedMark = join(dirname(spec.snapshotFile), vaultSeedName);
  const seeded = await seedAt(seedMark);
  if (seeded && seeded.seed !== spec.seed)
    throw new Error(
      `Vault at ${spec.address} holds what the seeding ${seeded.seed} brought, which this restore does not name: its data is older; fix: ${startAgain}`,
    );
  const cutOff = before.initialized && (await isThere(mark));
  try {
    if (!before.initialized) await putSnapshot(spec, identity, vault, mark, log);
    if (!before.initialized || before.sealed)
      await unseal(vault, shares).catch((error: unknown) => Promise.reject(stop(spec, error)));
    await untilActive(vault);
    await requireSame(spec, identity, vault);
    if (before.initialized && seeded) await renew(spec, seeded, shares, log);
    if (spec.restoreId !== spec.seed) await rm(seedMark, { force: true });
    else if (!before.initialized || seeded) await writeSeed(seedMark, spec);
  } catch (error) {
    if (!cutOff) throw error;
    throw new Failure(
      `an earlier run was cut off before Vault's snapshot was in place, and left a Vault that holds nothing (${messageOf(error)}); fix: ${startAgain}`,
      exitCodes.vaultCutOff,
    );
  }
  await rm(mark, { force: true });
  return {
    module: "vault",
    outcome: before.initialized ? "already-restored" : "restored",
    startedAt,
    finishedAt: new Date().toISOString(),
    detail: `${before.initialized ? (before.sealed ? "was restored already" : "was unsealed already") : "snapshot restored"}, cluster ${identity.clusterId}`,
  };
}

/**
 * Vault keeps number and threshold of the shares in memory over the restore of a snapshot. So the empty one gets those of
 * the one that made the snapshot: otherwise it would try to open with too few of its shares, or wait for more.
 */
async function putSnapshot(
  { address, snapshotFile }: VaultRestoreSpec,
  identity: VaultIdentity,
  vault: VaultClient,
  mark: string,
  log: Log,
): Promise<void> {
  await access(snapshotFile); // before the initialisation: without the file this Vault must stay empty
  await writeFile(mark, `${new Date().toISOString()}\n`, { flush: true });
  const { shares, token } = await vault.init(identity.shares, identity.threshold);
  for (const share of shares.slice(0, identity.threshold)) await vault.unseal(share);
  await untilActive(vault);
  log.info("vault-snapshot-started", { snapshotFile });
  await new VaultClient(address, token).forceSnapshot(snapshotFile);
  await waitFor("Vault to seal itself after the snapshot", sealSeconds, async () =>
    (await vault.sealStatus()).sealed ? true : undefined,
  );
}

/** What a seeding left beside the snapshot, where a restore of that folder leaves it. */
const vaultSeedName = ".smarteros-vault-seed.json";
const vaultSeed = z.strictObject({ seed: z.string(), sha256: z.string() });

const seedAt = async (file: string) =>
  (await isThere(file)) ? parseJson(await readFile(file, "utf8"), file, vaultSeed) : undefined;

const writeSeed = async (file: string, { restoreId, snapshotFile }: VaultRestoreSpec): Promise<void> =>
  writeFile(file, JSON.stringify({ seed: restoreId, sha256: await sha256Of(snapshotFile) }), { flush: true });

const sha256Of = async (file: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");

/** The snapshot in the place of the seeding's; that it is there is told by a token that was made before, and that nobody knows any more then. */
async function renew(
  { address, snapshotFile }: VaultRestoreSpec,
  { sha256 }: z.infer<typeof vaultSeed>,
  shares: readonly string[],
  log: Log,
): Promise<void> {
  if ((await sha256Of(snapshotFile)) === sha256) return;
  const root = new VaultClient(address, await generateRoot(new VaultClient(address), shares));
  log.info("vault-snapshot-renewed", { snapshotFile });
  await root.renewSnapshot(snapshotFile);
  await waitFor("Vault to take the snapshot", sealSeconds, async () =>
    root.read("auth/token/lookup-self").then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof VaultError && error.status === 403) return true;
        throw error;
      },
    ),
  );
  await untilActive(new VaultClient(address));
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

function sharesOf(spec: VaultRestoreSpec, { threshold }: VaultIdentity): string[] {
  try {
    return enoughShares(spec.unsealShares, threshold);
  } catch (error) {
    throw stop(spec, error);
  }
}

/** A run that was cut off before the snapshot was in place leaves an empty Vault, which must not pass for a restored one. */
async function requireSame(
  { address }: VaultRestoreSpec,
  { clusterId }: VaultIdentity,
  vault: VaultClient,
): Promise<void> {
  const found = (await vault.identity()).clusterId;
  if (found === clusterId) return;
  throw new Error(
    `Vault at ${address} is cluster ${found}, the snapshot is of ${clusterId}: its data is another's, or none; fix: ${startAgain}`,
  );
}

const startAgain = "if nothing in it is needed, stop it, empty its data folder, start it, and run this again";

/** What refused shares stop; any other error as it is. */
function stop({ secretsRequired }: VaultRestoreSpec, error: unknown): unknown {
  if (!(error instanceof SharesRefused)) return error;
  return new Failure(
    `Vault cannot be unsealed: ${error.message}; the recovery stops before what depends on Vault (${secretsRequired}); fix: give shares from the ` +
      `escrow, of the Vault that made this snapshot; if they are, an earlier run was cut off before the snapshot was in place: ${startAgain}`,
    exitCodes.vaultShares,
  );
}
