import { afterAll, beforeAll, expect, test } from "vitest";
import { join } from "node:path";
import { generationLayout } from "../../contracts/generation";
import { type Manifest } from "../../contracts/manifest";
import { type VaultEscrow, vaultSnapshotName } from "../../contracts/vault";
import { VaultClient } from "../../images/agent/src/vault-client";
import { waitUntil } from "../../local-cloud/wait";
import { chooseSet } from "../../stacks/backup-store";
import { ensureToolchain } from "../../toolchain/ensure";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "./site";
import { initVault, startVault, vaultAgent } from "./vault-server";

const cleanup = new Cleanup();
const passwords = { postgres: ciphers.postgresCipher, files: ciphers.filesCipher };
let ground: StoreGround;
let host: Host;
let escrow: VaultEscrow;
let site: VaultClient;
let binary: string;

beforeAll(async () => {
  ({ vault: binary } = await ensureToolchain({ want: ["vault"] }));
  ground = await prepareGround(cleanup);
  host = new Host(ground, "primary", "127.10.9.51", cleanup);
  await host.startPostgres({ generation: 1 });
  const address = startVault(binary, join(ground.dir, "vault"), "127.10.9.51", cleanup);
  escrow = await initVault(address);
  site = new VaultClient(address, escrow.token);
  await host.writeAgentConfig(1, [], {
    cycleSeconds: 600, // one cycle, and then only what Vault's changes bring about
    vault: { address },
    vaultToken: escrow.token,
    targets: [{ module: "vault", rpoSeconds: 0, database: false, fileSets: ["vault"] }],
  });
  const agent = host.agent("run", undefined, { reject: false });
  cleanup.add(async () => {
    agent.kill();
    await agent;
  });
  await waitUntil(async () => (await set()) !== undefined, { what: "the first cycle", seconds: 60 });
}, 120_000);

afterAll(() => cleanup.run(), 60_000);

const put = (n: number) => site.write("secret/data/smarteros/counter", { data: { n } });

/** What a recovery would choose now. */
async function set(): Promise<Manifest | undefined> {
  const key = (await ground.keys(generationLayout(1).manifests)).at(-1);
  return key === undefined
    ? undefined
    : chooseSet([{ key, text: await ground.text(key) }], passwords, 1).chosen?.manifest;
}

async function inStore(since: number): Promise<number> {
  await waitUntil(async () => Date.parse((await set())!.body.files["vault"]!.takenAt) >= since, {
    what: "a set with a snapshot of Vault that is newer than the change",
    seconds: 10,
    everyMilliseconds: 20,
  });
  return (Date.now() - since) / 1000;
}

/** Opens the set's Vault elsewhere. @returns the counter in it */
async function restored(name: string, address: string, { body }: Manifest): Promise<unknown> {
  const recovery = new Host(ground, name, address, cleanup);
  const fileSets = [{ name: "vault", path: recovery.set("vault"), snapshot: body.files["vault"]!.snapshot }];
  const secrets = { ...(await ground.keysOf("reader", 1)), ...ciphers };
  await recovery.agent("restore", {
    restoreId: name,
    sourceGeneration: 1,
    s3: ground.s3,
    stanza: "main",
    secrets,
    fileSets,
  });
  const url = startVault(binary, join(ground.dir, `vault-${name}`), address, cleanup);
  const snapshotFile = join(recovery.set("vault"), vaultSnapshotName);
  const { unsealShares } = escrow;
  await vaultAgent("vault-restore", {
    restoreId: name,
    address: url,
    snapshotFile,
    unsealShares,
    secretsRequired: "-",
  });
  const secret = await new VaultClient(url, escrow.token).read("secret/data/smarteros/counter");
  return (secret as { data: { data: { n: unknown } } }).data.data.n;
}

test("a change between two cycles is in the store within 5 s, in a set with the last cycle's database", async () => {
  const cycle = (await set())!;
  await put(1);
  const seconds = await inStore(Date.now());
  console.log(`Vault: a single change was in the store after ${seconds.toFixed(2)} s`);
  expect(seconds).toBeLessThanOrEqual(5);
  const renewed = (await set())!;
  expect(renewed.body).toMatchObject({ consistentAt: cycle.body.consistentAt, postgres: cycle.body.postgres });
  expect(await restored("first", "127.10.9.52", renewed)).toBe(1);
}, 90_000);

test("while Vault is written to without pause, no change waits longer than 5 s", async () => {
  const before = await ground.keys(generationLayout(1).manifests);
  const written: number[] = [];
  const waited: number[] = [];
  const seconds = 20;
  const begun = Date.now();
  while (Date.now() - begun < seconds * 1000) {
    await put(1 + written.push(Date.now()));
    const saved = Date.parse((await set())!.body.files["vault"]!.takenAt);
    const firstUnsaved = written.find((at) => at > saved);
    if (firstUnsaved !== undefined) waited.push((Date.now() - firstUnsaved) / 1000);
  }
  const made = (await ground.keys(generationLayout(1).manifests)).length - before.length;
  console.log(
    `Vault: ${written.length} changes in ${seconds} s, ${made} renewals, the longest wait was ${Math.max(...waited).toFixed(2)} s`,
  );
  expect(Math.max(...waited)).toBeLessThanOrEqual(5);
  expect(made).toBeLessThanOrEqual(1 + seconds / 3.5);
  await inStore(written.at(-1)!);
  expect(await restored("second", "127.10.9.53", (await set())!)).toBe(1 + written.length);
}, 120_000);

test("without a change there is no manifest, and Vault's age is that of the last look", async () => {
  const indexBefore = await site.appliedIndex();
  const before = await ground.keys(generationLayout(1).manifests);
  const metrics = async () => (await fetch(`${host.status}/metrics`)).text();
  const age = async () => Number(/restorable_age_seconds\{module="vault"\} (\S+)/.exec(await metrics())?.[1]);
  const until = Date.now() + 15_000;
  const ages: number[] = [];
  await waitUntil(async () => ages.push(await age()) > 0 && Date.now() > until, {
    what: "Vault to have stood still for 15 s",
    seconds: 20,
    everyMilliseconds: 500,
  });
  expect(Math.max(...ages)).toBeLessThan(5);
  const made = (await ground.keys(generationLayout(1).manifests)).length - before.length;
  // Vault's own bookkeeping moves the index once in a few minutes.
  expect(made).toBeLessThanOrEqual((await site.appliedIndex()) - indexBefore);
});

test("a snapshot whose content is not what the manifest names is not restored", async () => {
  const { body } = (await set())!;
  const other = (await ground.keys(generationLayout(1).vault))[0]!;
  const recovery = new Host(ground, "tampered", "127.10.9.54", cleanup);
  const snapshot = body.files["vault"]!.snapshot.replace(/-[0-9a-f]{64}/, `-${"0".repeat(64)}`);
  await ground.copy(other, snapshot);
  const spec = {
    restoreId: "tampered",
    sourceGeneration: 1,
    s3: ground.s3,
    stanza: "main",
    secrets: { ...(await ground.keysOf("reader", 1)), ...ciphers },
    fileSets: [{ name: "vault", path: recovery.set("vault"), snapshot }],
  };
  const refused = await recovery.agent("restore", spec, { reject: false });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("so it is not what was backed up; fix: restore an earlier set");
});
