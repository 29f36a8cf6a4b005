/** The hardening of a compromised Vault, step by step on the real server: wrong shares, kills, shares for PGP keys, and what is left of the old. */
import { mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { execa } from "execa";
import { decrypt, generateKey, readMessage } from "openpgp";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import {
  vaultCleaned,
  vaultFound,
  vaultReads,
  vaultRekeyed,
  vaultVerified,
  type VaultHardenSpec,
} from "../../contracts/vault-harden";
import { agentBundle, bundleAgent } from "../../images/agent/build";
import { areIts, asRoot } from "../../images/agent/src/harden/root";
import { VaultClient } from "../../images/agent/src/vault-client";
import { ensureToolchain } from "../../toolchain/ensure";
import { Cleanup } from "./site";
import { initVault, startVault, vaultAgent, vaultLog } from "./vault-server";

const cleanup = new Cleanup();
let dir: string;
let binary: string;

beforeAll(async () => {
  ({ vault: binary } = await ensureToolchain({ want: ["vault"] }));
  await bundleAgent();
  dir = mkdtempSync(join(tmpdir(), "smarteros-harden-"));
  cleanup.add(() => rm(dir, { recursive: true }));
}, 60_000);

afterAll(() => cleanup.run(), 30_000);

const wrongShares = ["AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAi"];

async function step<T extends z.ZodType>(schema: T, spec: VaultHardenSpec): Promise<z.infer<T>> {
  return schema.parse(JSON.parse((await vaultAgent("vault-harden", spec)).stdout as string));
}

/** A site's Vault with a secret in it, and what an intruder who had the shares has left behind. */
async function compromised(name: string, address: string) {
  const folder = join(dir, name);
  const url = startVault(binary, folder, address, cleanup);
  const escrow = await initVault(url);
  await new VaultClient(url, escrow.token).write("secret/data/smarteros/tenant", { data: { key: "value" } });
  const stolen = await asRoot(url, escrow.unsealShares, async (root) => {
    const made = await root.write("auth/token/create-orphan", {
      policies: ["root"],
      ttl: "24h",
      display_name: "intruder",
    });
    await root.write("sys/auth/approle", { type: "approle" });
    await root.write("auth/approle/role/back-door", { token_policies: ["smarteros-site"] });
    await root.write("auth/approle/role/back-door/secret-id", {});
    await root.write("sys/mounts/pki", { type: "pki" });
    await root.write("pki/root/generate/internal", { common_name: "intruder" });
    await root.write("pki/roles/any", { allow_any_name: true, generate_lease: true });
    return z.object({ auth: z.object({ client_token: z.string() }) }).parse(made).auth.client_token;
  });
  const intruder = new VaultClient(url, stolen);
  await intruder.write("pki/issue/any", { common_name: "intruder.example", ttl: "1h" });
  await intruder.read("secret/data/smarteros/tenant");
  return { url, folder, escrow, stolen };
}
type Compromised = Awaited<ReturnType<typeof compromised>>;

const seal = async ({ url, escrow }: Compromised): Promise<void> =>
  asRoot(url, escrow.unsealShares, async (root) => void (await root.write("sys/seal", {}))).catch(() => undefined);

const refused = (url: string, token: string) =>
  expect(new VaultClient(url, token).read("auth/token/lookup-self")).rejects.toThrow("403");

describe("with shares in clear", () => {
  let site: Compromised;
  let token: string;
  let newShares: string[];
  beforeAll(async () => {
    site = await compromised("clear", "127.10.9.61");
  }, 60_000);
  const spec = <S extends VaultHardenSpec["step"]>(name: S) => ({
    step: name,
    address: site.url,
    unsealShares: site.escrow.unsealShares,
  });

  test("wrong shares stop with code 4, sealed or open, and change nothing", async () => {
    const wrong = { ...spec("clean"), unsealShares: wrongShares };
    for (const sealed of [false, true]) {
      if (sealed) await seal(site);
      const { exitCode, stderr } = await vaultAgent("vault-harden", wrong, false);
      expect(stderr).toContain("Vault cannot be opened: unsealShares: at least one is");
      expect(exitCode).toBe(4);
      expect(await new VaultClient(site.url).sealStatus()).toMatchObject({ sealed });
    }
    const { exitCode, stderr } = await vaultAgent(
      "vault-harden",
      { ...wrong, unsealShares: wrongShares.slice(1) },
      false,
    );
    expect(stderr).toContain("1 different shares were given, its threshold is 2");
    expect(exitCode).toBe(4);
  }, 60_000);

  test("look opens it, finds who has access, and changes nothing", async () => {
    const found = await step(vaultFound, spec("look"));
    expect(found).toMatchObject({ shares: 3, threshold: 2, keyTerm: 1, auditDevices: ["stdout/ (file)"] });
    // The second is what the test has sealed it with.
    expect(found.tokens.map(({ kind, displayName }) => `${kind} ${displayName}`).sort()).toEqual([
      "root token-intruder",
      "root token-smarteros-recovery",
      "site token-smarteros-site",
    ]);
    expect(found.leases).toHaveLength(1);
    expect(found.leases[0]).toMatch(/^pki\/issue\/any\//);
    expect(found.secretIds).toEqual([{ role: "auth/approle/role/back-door", ids: 1 }]);
    expect(found.foreign).toEqual({ authMethods: ["approle/"], policies: [] });
    await new VaultClient(site.url, site.stolen).read("secret/data/smarteros/tenant");
  }, 60_000);

  test("the audit log says what was read since, and by whom; a line that is none is skipped", async () => {
    const read = async (...since: string[]) =>
      vaultReads.parse(
        JSON.parse(
          (
            await execa(process.execPath, [agentBundle, "vault-reads", ...since], {
              input: readFileSync(vaultLog(site.folder)),
            })
          ).stdout,
        ),
      );
    // Vault answers a request before its line has come through the pipe into the log.
    const { reads, from, entries } = await vi.waitFor(
      async () => {
        const told = await read();
        expect(told.reads).toMatchObject([{ path: "secret/data/smarteros/tenant", count: 2 }]);
        return told;
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(entries).toBeGreaterThan(10);
    expect(Date.parse(from!)).toBeLessThan(Date.now());
    expect(reads[0]!.by).toMatchObject([{ displayName: "token-intruder", address: "127.0.0.1", count: 2 }]);
    expect(await read("--since", new Date().toISOString())).toEqual({ from, entries: 0, reads: [] });
  }, 30_000);

  test("clean, killed at any moment and run again, leaves the site's new token alone", async () => {
    for (const milliseconds of [300, 400, 450, 500, 600]) {
      const killed = vaultAgent("vault-harden", spec("clean"), false);
      await delay(milliseconds);
      killed.kill("SIGKILL");
      await killed;
    }
    const cleaned = await step(vaultCleaned, spec("clean"));
    token = cleaned.token;
    expect(cleaned.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect((await step(vaultFound, spec("look"))).tokens).toMatchObject([{ kind: "site" }]);
    await refused(site.url, site.stolen);
    await refused(site.url, site.escrow.token);
    const secret = await new VaultClient(site.url, token).read("secret/data/smarteros/tenant");
    expect(secret).toMatchObject({ data: { data: { key: "value" } } });
  }, 90_000);

  test("until they are verified, new shares open nothing and the old ones do; lost in a restart, they are told so", async () => {
    const rekey = () => step(vaultRekeyed, { ...spec("rekey"), siteToken: token });
    const lost = await rekey();
    expect(lost).toMatchObject({ kind: "clear", shares: { length: 3 } });
    await seal(site);
    const verified = await step(vaultVerified, { ...spec("verify"), newShares: lost.shares as string[] });
    expect(verified).toEqual({ state: "lost" });
    expect(await areIts(site.url, site.escrow.unsealShares)).toBe(true);
    newShares = (await rekey()).shares as string[];
    expect(await areIts(site.url, newShares)).toBe(false);
  }, 60_000);

  test("verified, the new shares open it, sealed too, and the old ones nothing; again is the same", async () => {
    const before = (await step(vaultFound, spec("look"))).keyTerm;
    const verify = { ...spec("verify"), newShares };
    const first = await step(vaultVerified, verify);
    expect(first).toEqual({
      state: "active",
      checks: [{ name: "old shares", ok: true, evidence: "this Vault refuses them" }],
    });
    await asRoot(site.url, newShares, async (root) => void (await root.write("sys/seal", {}))).catch(() => undefined);
    const old = await vaultAgent("vault-harden", spec("look"), false);
    expect(old.exitCode).toBe(4);
    expect(await step(vaultVerified, verify)).toEqual(first); // opens it
    const found = await step(vaultFound, { ...spec("look"), unsealShares: newShares });
    expect(found.keyTerm).toBeGreaterThan(before);
    expect(found.tokens).toMatchObject([{ kind: "site" }]);
  }, 60_000);
});

describe("with PGP keys", () => {
  test("each holder's key opens a share of the new Vault; a run that was killed is handed them again; the old ones are useless", async () => {
    const site = await compromised("pgp", "127.10.9.62");
    const unsealShares = site.escrow.unsealShares;
    const holders = await Promise.all(
      ["ana", "luis", "rosa"].map((name) =>
        generateKey({ userIDs: [{ name, email: `${name}@holder.test` }], format: "object" }),
      ),
    );
    const pgpKeys = holders.map(({ publicKey }) => Buffer.from(publicKey.write()).toString("base64"));
    const { token: siteToken } = await step(vaultCleaned, { step: "clean", address: site.url, unsealShares });
    const spec = { step: "rekey" as const, address: site.url, unsealShares, siteToken, pgpKeys };
    const rekeyed = await step(vaultRekeyed, spec);
    if (rekeyed.kind !== "pgp") throw new Error(rekeyed.kind);
    expect(rekeyed.checks).toEqual([{ name: "old shares", ok: true, evidence: "this Vault refuses them" }]);
    expect(await step(vaultRekeyed, spec)).toEqual(rekeyed);

    const opened = await Promise.all(
      rekeyed.shares.map(async ({ fingerprint, message }) => {
        const holder = holders.find(({ publicKey }) => publicKey.getFingerprint() === fingerprint)!;
        const { data } = await decrypt({
          message: await readMessage({ binaryMessage: Buffer.from(message, "base64") }),
          decryptionKeys: holder.privateKey,
        });
        return data as string;
      }),
    );
    expect(await areIts(site.url, unsealShares)).toBe(false);
    expect(await areIts(site.url, opened)).toBe(true);
  }, 90_000);
});
