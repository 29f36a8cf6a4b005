/**
 * Vault taken back on a living host, on real parts: with wrong shares, killed after each of its steps and run again, to a time, and with
 * shares for PGP keys. It uses the addresses and the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decrypt, generateKey, readMessage } from "openpgp";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { dataRoot } from "../../components/host/connection";
import { vaultEscrow } from "../../contracts/vault";
import { settingNames } from "../../cli/recover/vault-shares";
import { apart } from "../../cli/recover/vault-scripts";
import { askLastWrites } from "../../drill/last-writes";
import { startLoad } from "../../drill/load";
import { withVault } from "../../drill/scenarios/vault-compromised";
import { areIts } from "../../images/agent/src/harden/root";
import { VaultClient } from "../../images/agent/src/vault-client";
import { minutes } from "../local-stage";
import { smarter, smarterKilledAt } from "./run-smarter";
import { livingStage } from "./living-stage";

const stage = livingStage();

const recover = (...args: string[]) => smarter(["recover", "vault", ...args, ...stage.onStack], stage.env);

/** Starts the recovery, and kills it when a line of it matches. */
const killedAt = (pattern: RegExp, ...args: string[]) =>
  smarterKilledAt(pattern, ["recover", "vault", "--yes", ...args, ...stage.onStack], stage.env);

const setting = (name: keyof typeof settingNames) => stage.ground.stacks.secretSetting("primary", settingNames[name]);
const shares = async () => z.array(z.string()).parse(JSON.parse(await setting("shares")));
const onVault = <T>(use: (address: string) => Promise<T>) => withVault({ ...stage.ground, ...stage.primary }, use);
const networksOfVault = async () =>
  (
    await stage.primary.onVps(
      "docker inspect --format '{{range $n, $_ := .NetworkSettings.Networks}}{{$n}} {{end}}' vault",
    )
  ).trim();
const vaultNumber = async () => (await askLastWrites(stage.primary.site)).get("gateway")?.vault ?? 0;

describe("smarter recover vault", { timeout: minutes(8) }, () => {
  it("changes nothing in a dry run", async () => {
    const { exitCode, stdout } = await recover("--dry-run", "--lang", "es");
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain("Ensayo: no se cambió nada.");
    expect(await networksOfVault()).toBe("smarteros");
  });

  it("stops at wrong shares, sealed off and with nothing changed for good; killed after each step and run again, it ends", async () => {
    const load = await startLoad({ site: stage.primary.site });
    await load.stop();
    const escrow = vaultEscrow.parse((await stage.ground.stacks.outputs("primary"))["vaultEscrow"]);
    const wrong = ["AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh", "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAi"];
    await stage.ground.stacks.setSecrets("primary", { [settingNames.shares]: JSON.stringify(wrong) });
    const refused = await recover("--yes");
    expect(refused.exitCode, refused.stderr).toBe(1);
    expect(refused.stderr).toMatch(/step looked: Vault cannot be opened.*nothing was changed for good/);
    expect(await networksOfVault()).toBe(apart);
    await stage.ground.stacks.pulumi("primary", ["config", "rm", settingNames.shares, ...stage.onStack]);

    for (const moment of [
      /^unsealing it/,
      /^found: /,
      /^revoking/,
      /^revoked: /,
      /^making new unseal shares/,
      /^the old shares open nothing/,
      /^back on the site's network/,
      /^the gateway is healthy/,
    ]) {
      await killedAt(moment);
    }
    const { exitCode, stdout, stderr } = await recover("--yes", "--json");
    expect(exitCode, stderr).toBe(0);
    const { checks } = z
      .object({ checks: z.array(z.object({ name: z.string(), ok: z.boolean() })) })
      .parse(JSON.parse(stdout));
    expect(checks.map(({ name }) => name)).toEqual([
      "audit device",
      "tokens of others",
      "barrier key",
      "old shares",
      "snapshot",
    ]);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);

    expect(await networksOfVault()).toBe("smarteros");
    expect((await stage.ground.stacks.outputs("primary"))["vaultEscrow"]).toBeUndefined();
    await expect(setting("next")).rejects.toThrow();
    const now = await shares();
    await onVault(async (address) => {
      expect(await areIts(address, escrow.unsealShares)).toBe(false);
      expect(await areIts(address, now)).toBe(true);
      await expect(new VaultClient(address, escrow.token).read("auth/token/lookup-self")).rejects.toThrow("403");
    });
    expect(await vaultNumber()).toBe(load.acks.get("vault")!.at(-1)!.n);
    await stage.backedUp();
  });

  it("goes back to a snapshot of before, and hardens that; what was there is kept", async () => {
    const load = await startLoad({ site: stage.primary.site });
    await load.stop();
    const before = load.acks.get("vault")!.at(-1)!.n;
    await stage.backedUp();
    const at = new Date().toISOString();
    const later = await startLoad({ site: stage.primary.site });
    await later.stop();
    expect(later.acks.get("vault")!.at(-1)!.n).toBeGreaterThan(before);
    await killedAt(/^putting the snapshot of/, "--at", at);
    const { exitCode, stderr } = await recover("--yes", "--at", at);
    expect(exitCode, stderr).toBe(0);
    expect(await vaultNumber()).toBe(before);
    expect(await stage.primary.onVps(`cd ${dataRoot} && ls -d vault.*`)).toMatch(/^vault\.damaged-\S+\n$/);
  });

  it("gives each new holder a share that their PGP key opens, and keeps none", async () => {
    const folder = await mkdtemp(join(tmpdir(), "holders-"));
    try {
      const holders = await Promise.all(
        ["ana", "luis"].map((name) =>
          generateKey({ userIDs: [{ name, email: `${name}@holder.test` }], format: "object" }),
        ),
      );
      const files = holders.map((_, i) => join(folder, `${i}.asc`));
      for (const [i, { publicKey }] of holders.entries()) await writeFile(files[i]!, publicKey.armor());
      const { exitCode, stdout, stderr } = await recover("--yes", "--pgp-keys", files.join(","));
      expect(exitCode, stderr).toBe(0);
      const written = /\S+\/vault-shares-\S+(?=\/share-1)/.exec(stdout)![0];
      const opened = await Promise.all(
        (await readdir(written)).map(async (name) => {
          const holder = holders.find(({ publicKey }) => name.includes(publicKey.getFingerprint()))!;
          const message = await readMessage({ binaryMessage: await readFile(join(written, name)) });
          return (await decrypt({ message, decryptionKeys: holder.privateKey })).data as string;
        }),
      );
      await rm(written, { recursive: true });
      expect(await onVault((address) => areIts(address, opened))).toBe(true);
      await expect(setting("shares")).rejects.toThrow();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
