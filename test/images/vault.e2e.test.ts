import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type VaultEscrow,
  vaultEscrow,
  vaultIdentityName,
  type VaultRestoreSpec,
  vaultSnapshotName,
} from "../../contracts/vault";
import { agentBundle, bundleAgent } from "../../images/agent/build";
import { FileSets } from "../../images/agent/src/file-sets";
import type { Restic } from "../../images/agent/src/restic";
import { VaultClient } from "../../images/agent/src/vault-client";
import { ensureToolchain } from "../../toolchain/ensure";
import { Cleanup } from "./site";

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
  const initialised = await agent("vault-init", { address: primary, shares: 3, threshold: 2 });
  escrow = vaultEscrow.parse(JSON.parse(initialised.stdout));
  await new VaultClient(primary, escrow.token).write("secret/data/smarteros/tenant", { data: { key: "value" } });
  snapshotFile = join(dir, "vault.snap");
  await new VaultClient(primary, escrow.token).saveSnapshot(snapshotFile);
  writeFileSync(join(dir, vaultIdentityName), JSON.stringify(await new VaultClient(primary).identity()));
}, 120_000);

afterAll(() => cleanup.run(), 30_000);

/** The real server on raft storage, on an address of its own. @returns its URL */
function startVault(name: string, address: string): string {
  const folder = join(dir, name);
  mkdirSync(join(folder, "data"), { recursive: true });
  const config = `
disable_mlock = true
api_addr = "http://${address}:8200"
cluster_addr = "http://${address}:8201"
storage "raft" {
  path    = "${folder}/data"
  node_id = "smarteros"
}
listener "tcp" {
  address     = "${address}:8200"
  cluster_address = "${address}:8201"
  tls_disable = true
}
`;
  writeFileSync(join(folder, "vault.hcl"), config);
  const server = execa(binary, ["server", `-config=${join(folder, "vault.hcl")}`], { stdio: "ignore", reject: false });
  cleanup.add(async () => {
    server.kill();
    await server;
  });
  return `http://${address}:8200`;
}

const agent = (name: string, input: unknown, reject = true) =>
  execa(process.execPath, [agentBundle, name], { input: JSON.stringify(input), reject });

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
  const again = await agent("vault-init", { address: primary, shares: 3, threshold: 2 }, false);
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

test("a cycle keeps the snapshot with what one has to know to open it, once for each change", async () => {
  const kept: string[][] = [];
  const restic = {
    backup: async (folder: string) => ({ id: `snapshot-${kept.push(readdirSync(folder).sort())}`, files: 2, bytes: 1 }),
  } as unknown as Restic;
  const site = new VaultClient(primary, escrow.token);
  const sets = new FileSets(restic);
  const first = await sets.vault(site, dir);
  expect((await sets.vault(site, dir)).snapshot).toBe(first.snapshot);
  await site.write("secret/data/smarteros/other", { data: { n: 2 } });
  expect((await sets.vault(site, dir)).snapshot).toBe("snapshot-2");
  expect(kept[0]).toEqual([vaultIdentityName, vaultSnapshotName]);
  expect(existsSync(join(dir, "snapshot", "vault"))).toBe(false);
});

test("too few shares stop with code 4 before Vault is touched; wrong ones after; the right ones then open it", async () => {
  const address = startVault("recovery", "127.10.9.22");
  const tooFew = await agent("vault-restore", specOf(address, escrow.unsealShares.slice(0, 1)), false);
  expect(tooFew.stderr).toContain("1 different shares were given, its threshold is 2");
  expect(tooFew.stderr).toContain("the recovery stops before what depends on Vault (gateway)");
  expect(tooFew.exitCode).toBe(4);

  const wrongShares = ["AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAi"];
  const wrong = await agent("vault-restore", specOf(address, wrongShares), false);
  expect(wrong.stderr).toContain("at least one is wrong");
  expect(wrong.exitCode).toBe(4);

  const right = await agent("vault-restore", specOf(address, escrow.unsealShares));
  expect(JSON.parse(right.stdout)).toMatchObject({ module: "vault", outcome: "already-restored" });
  await expectSecret(address);
}, 60_000);

test("an empty Vault serves the snapshot's secrets; again is a no-op", async () => {
  const address = startVault("second", "127.10.9.25");
  const restored = await agent("vault-restore", specOf(address, escrow.unsealShares));
  expect(JSON.parse(restored.stdout)).toMatchObject({ module: "vault", outcome: "restored" });
  await expectSecret(address);
  const again = await agent("vault-restore", specOf(address, escrow.unsealShares));
  expect(JSON.parse(again.stdout)).toMatchObject({ outcome: "already-restored" });
}, 60_000);

async function expectSecret(address: string): Promise<void> {
  const secret = await new VaultClient(address, escrow.token).read("secret/data/smarteros/tenant");
  expect(secret).toMatchObject({ data: { data: { key: "value" } } });
}

test("an empty, unsealed Vault that a cut-off restore left does not pass for a restored one", async () => {
  const address = startVault("cut-off", "127.10.9.23");
  await agent("vault-init", { address, shares: 3, threshold: 2 }); // as the restore's first step does
  const refused = await agent("vault-restore", specOf(address, escrow.unsealShares), false);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(
    "its data is another's, or none; fix: if nothing in it is needed, stop it, empty its data folder",
  );
}, 60_000);

test("without the snapshot's file an empty Vault stays empty", async () => {
  const address = startVault("no-file", "127.10.9.24");
  await rm(snapshotFile);
  const refused = await agent("vault-restore", specOf(address, escrow.unsealShares), false);
  expect(refused.stderr).toContain("ENOENT");
  expect(await new VaultClient(address).sealStatus()).toMatchObject({ initialized: false });
}, 60_000);
