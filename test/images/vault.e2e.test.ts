import { copyFileSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type VaultEscrow, vaultIdentityName, type VaultRestoreSpec, vaultSnapshotName } from "../../contracts/vault";
import { bundleAgent } from "../../images/agent/build";
import type { Store } from "../../images/agent/src/store";
import { VaultClient } from "../../images/agent/src/vault-client";
import { VaultSet } from "../../images/agent/src/vault-set";
import { ensureToolchain } from "../../toolchain/ensure";
import { Cleanup } from "./site";
import { initVault, startVault as startServer, vaultAgent } from "./vault-server";

const cleanup = new Cleanup();
let dir: string;
let binary: string;
let escrow: VaultEscrow;
let primary: string;
let snapshotFile: string;

beforeAll(async () => {
  ({ vault: binary } = await ensureToolchain({ want: ["vault"] }));
  await bundleAgent();
  dir = mkdtempSync(join(tmpdir(), "smarteros-vault-"));
  cleanup.add(() => rm(dir, { recursive: true }));
  primary = startVault("primary", "127.10.9.21");
  escrow = await initVault(primary);
  await new VaultClient(primary, escrow.token).write("secret/data/smarteros/tenant", { data: { key: "value" } });
  snapshotFile = join(dir, "vault.snap");
  await new VaultClient(primary, escrow.token).saveSnapshot(snapshotFile);
  writeFileSync(join(dir, vaultIdentityName), JSON.stringify(await new VaultClient(primary).identity()));
}, 120_000);

afterAll(() => cleanup.run(), 30_000);

const startVault = (name: string, address: string) => startServer(binary, join(dir, name), address, cleanup);

const specOf = (address: string, unsealShares: string[]): VaultRestoreSpec => ({
  restoreId: "restore-1",
  address,
  snapshotFile,
  unsealShares,
  secretsRequired: "gateway",
});

test("the token reads the site's secrets and nothing else", async () => {
  const site = new VaultClient(primary, escrow.token);
  expect(await site.read("secret/data/smarteros/tenant")).toMatchObject({ data: { data: { key: "value" } } });
  await expect(site.read("sys/policies/acl/smarteros-site")).rejects.toThrow("403");
});

test("a Vault that is initialised is not initialised again", async () => {
  const again = await vaultAgent("vault-init", { address: primary, shares: 3, threshold: 2 }, false);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain("is initialised already");
});

test("the index moves with a write, and stands still without one", async () => {
  const site = new VaultClient(primary, escrow.token);
  const before = await site.appliedIndex();
  expect(await site.appliedIndex()).toBe(before);
  await site.write("secret/data/smarteros/other", { data: {} });
  expect(await site.appliedIndex()).toBeGreaterThan(before);
});

test("the set keeps the snapshot with what one has to know to open it, once for each change", async () => {
  const kept = new Map<string, Uint8Array>();
  const store = { put: async (key: string, content: Uint8Array) => void kept.set(key, content) } as unknown as Store;
  const site = new VaultClient(primary, escrow.token);
  const set = new VaultSet(site, store, 1, dir);
  const first = await set.save();
  expect((await set.save()).snapshot).toBe(first.snapshot);
  expect(set.isOf(first, await site.appliedIndex())).toBe(true);
  await site.write("secret/data/smarteros/other", { data: { n: 2 } });
  expect(set.isOf(first, await site.appliedIndex())).toBe(false);
  const second = await set.save();
  expect([...kept.keys()]).toEqual([first.snapshot, second.snapshot]);
  const { stdout } = await execa("tar", ["-t"], { input: kept.get(first.snapshot)! });
  expect(stdout.split("\n")).toEqual([vaultSnapshotName, vaultIdentityName]);
  expect(first.bytes).toBe(kept.get(first.snapshot)!.length);
  expect(existsSync(join(dir, "vault-snapshot"))).toBe(false);
});

test("too few shares stop with code 4 before Vault is touched; wrong ones after; the right ones then open it", async () => {
  const address = startVault("recovery", "127.10.9.22");
  const tooFew = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares.slice(0, 1)), false);
  expect(tooFew.stderr).toContain("1 different shares were given, its threshold is 2");
  expect(tooFew.stderr).toContain("the recovery stops before what depends on Vault (gateway)");
  expect(tooFew.exitCode).toBe(4);

  const wrongShares = ["AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAi"];
  const wrong = await vaultAgent("vault-restore", specOf(address, wrongShares), false);
  expect(wrong.stderr).toContain("at least one is wrong");
  expect(wrong.exitCode).toBe(4);

  const right = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares));
  expect(JSON.parse(right.stdout)).toMatchObject({ module: "vault", outcome: "already-restored" });
  await expectSecret(address);
}, 60_000);

test("an empty Vault serves the snapshot's secrets; again is a no-op", async () => {
  const address = startVault("second", "127.10.9.25");
  const restored = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares));
  expect(JSON.parse(restored.stdout)).toMatchObject({ module: "vault", outcome: "restored" });
  await expectSecret(address);
  const again = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares));
  expect(JSON.parse(again.stdout)).toMatchObject({ outcome: "already-restored" });
}, 60_000);

test("a seeded Vault takes the newer snapshot of a restore that names its seeding, once; no other takes its data for its own", async () => {
  const folder = join(dir, "seeded-snapshot");
  mkdirSync(folder);
  copyFileSync(join(dir, vaultIdentityName), join(folder, vaultIdentityName));
  const snapshot = join(folder, vaultSnapshotName);
  copyFileSync(snapshotFile, snapshot);
  const address = startVault("seeded", "127.10.9.28");
  const restore = (restoreId: string, seed?: string) => {
    const spec = { ...specOf(address, escrow.unsealShares), snapshotFile: snapshot, restoreId, seed };
    return vaultAgent("vault-restore", spec, false);
  };
  const seenAt = async (path: string) =>
    new VaultClient(address, escrow.token).read(`secret/data/smarteros/${path}`).then(
      () => true,
      () => false,
    );
  expect((await restore("seed", "seed")).exitCode).toBe(0);
  await expectSecret(address);

  await new VaultClient(primary, escrow.token).write("secret/data/smarteros/late", { data: { n: 1 } });
  await new VaultClient(primary, escrow.token).saveSnapshot(snapshot);
  for (const seed of [undefined, "another-seed"])
    expect((await restore("restore-1", seed)).stderr).toContain("holds what the seeding seed brought");
  expect(await seenAt("late")).toBe(false);
  expect((await restore("restore-1", "seed")).exitCode).toBe(0);
  expect(await seenAt("late")).toBe(true);

  // It serves now: what is written there is nobody's to replace any more.
  await new VaultClient(address, escrow.token).write("secret/data/smarteros/own", { data: { n: 2 } });
  for (const id of ["restore-1", "seed"]) expect((await restore(id, "seed")).exitCode).toBe(0);
  expect(await seenAt("own")).toBe(true);
  expect(existsSync(join(folder, ".smarteros-vault-seed.json"))).toBe(false);
}, 60_000);

async function expectSecret(address: string): Promise<void> {
  const secret = await new VaultClient(address, escrow.token).read("secret/data/smarteros/tenant");
  expect(secret).toMatchObject({ data: { data: { key: "value" } } });
}

test("an empty, unsealed Vault that a cut-off restore left does not pass for a restored one", async () => {
  const address = startVault("cut-off", "127.10.9.23");
  await vaultAgent("vault-init", { address, shares: 3, threshold: 2 }); // as the restore's first step does
  const refused = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares), false);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(
    "its data is another's, or none; fix: if nothing in it is needed, stop it, empty its data folder",
  );
}, 60_000);

test("a Vault that a cut-off restore left, by the mark that it left too, is told by code 5 and starts again once emptied", async () => {
  const address = startVault("cut-off-marked", "127.10.9.26");
  await vaultAgent("vault-init", { address, shares: 3, threshold: 2 }); // as the restore's first step does
  const mark = join(dir, "restore-begun");
  writeFileSync(mark, "2026-11-24T18:07:00.000Z\n");
  const refused = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares), false);
  expect(refused.exitCode).toBe(5);
  expect(refused.stderr).toContain("an earlier run was cut off before Vault's snapshot was in place");

  const emptied = startVault("cut-off-emptied", "127.10.9.27");
  const restored = await vaultAgent("vault-restore", specOf(emptied, escrow.unsealShares));
  expect(JSON.parse(restored.stdout)).toMatchObject({ outcome: "restored" });
  await expectSecret(emptied);
  expect(existsSync(mark)).toBe(false);
}, 60_000);

test("without the snapshot's file an empty Vault stays empty", async () => {
  const address = startVault("no-file", "127.10.9.24");
  await rm(snapshotFile);
  const refused = await vaultAgent("vault-restore", specOf(address, escrow.unsealShares), false);
  expect(refused.stderr).toContain("ENOENT");
  expect(await new VaultClient(address).sealStatus()).toMatchObject({ initialized: false });
}, 60_000);
