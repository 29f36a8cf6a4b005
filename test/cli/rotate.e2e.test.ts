/**
 * Credentials replaced on a living host, on real parts: killed on the way and run again. It uses the addresses and the cache of
 * `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { readFile } from "node:fs/promises";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { accessKeysIn, isAccepted, type KeyPair } from "../../cli/rotate/access-keys";
import { roles } from "../../cli/rotate/inventory";
import { loginScript } from "../../cli/rotate/prove";
import { gateCheck } from "../../contracts/gate";
import { drillSite } from "../../drill/settings";
import { guardPolicy } from "../../components/backup/policies";
import { runOverSsh } from "../../components/host/ssh";
import { addresses } from "../../local-cloud/addresses";
import { iamClient } from "../../stacks/iam-client";
import { credentialRecord } from "../../stacks/secrets/record";
import { smarter, smarterKilledAt } from "./run-smarter";
import { livingStage } from "./living-stage";
import { log, minutes, operatorStore } from "../local-stage";

const stage = livingStage();

const rotate = (...args: string[]) => smarter(["rotate", ...args, ...stage.onStack], stage.env);

/** Starts it, and kills it at the first line that matches. @returns what it had said */
async function killedAt(pattern: RegExp, ...args: string[]): Promise<string> {
  const lines = await smarterKilledAt(pattern, ["rotate", ...args, ...stage.onStack], stage.env);
  expect(lines.filter((line) => pattern.test(line))).toHaveLength(1);
  return lines.join("\n");
}

const caPem = () => stage.ground.cloud.pki.caPem;
const iam = () => ({ access: operatorStore, endpoint: addresses.iam.operatorUrl, caPem: caPem() });
const accepted = (key: KeyPair) => isAccepted(operatorStore, drillSite.bucket, 1, key, caPem());
const file = async (container: string) =>
  JSON.parse(
    await stage.primary.onVps(`docker cp ${container}:/run/secrets/${container}.json - | tar -xOf -`),
  ) as KeyPair;
/** The key in use for each purpose. */
const inUse = async () => ({
  writer: await file("agent"),
  reader: (await stage.ground.stacks.outputs("primary"))["readerKeys"] as KeyPair,
  guard: await file("guard"),
});
const setting = (key: string) => stage.ground.stacks.pulumi("primary", ["config", "get", key, ...stage.onStack]);
const passwords = async () => JSON.parse(await setting("smarteros:databasePasswords")) as Record<string, string>;
const record = async () => credentialRecord.parse(JSON.parse(await setting("smarteros:credentials")));
/** Whether a role logs in by a password. */
async function logsIn(database: string, password: string): Promise<boolean> {
  const { operator, vps } = stage.ground.secrets;
  const host = { host: addresses.hostinger, privateKey: operator.privateKey, hostKey: vps.publicKey };
  return runOverSsh(host, loginScript(database), { input: `${password}\n` }).then(
    (said) => said.trim() === database,
    (error: Error) => {
      if (/password authentication failed/.test(error.message)) return false;
      throw error;
    },
  );
}

describe("smarter rotate", { timeout: minutes(12) }, () => {
  it("shows what it would replace, and changes nothing in a dry run", async () => {
    const before = await readFile(stage.ground.stacks.settingsFile("primary"), "utf8");
    const { exitCode, stdout } = await rotate("--dry-run", "--lang", "es");
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/^databasePasswords\.odoo +desconocida/m);
    expect(stdout).toContain("Ensayo: no se cambió nada.");
    expect(await readFile(stage.ground.stacks.settingsFile("primary"), "utf8")).toBe(before);
    expect((await rotate("odoo", "--yes")).exitCode).toBe(4);
  });

  it("killed twice and run again: every S3 key and one password are new, the old ones refused, and backups go on", async () => {
    const [before, old] = [await inUse(), await passwords()];
    const args = ["s3", "databasePasswords.odoo", "--yes"];
    let said = await killedAt(/credential\(s\) begun/, ...args);
    // As if an engine had been killed between making a key and noting it.
    const { user } = (await accessKeysIn(iam())).find(({ role }) => role === "writer")!;
    const client = iamClient({ ...operatorStore, endpoint: addresses.iam.operatorUrl }, caPem());
    const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: user }));
    client.destroy();
    said += await killedAt(/^pulumi up/, "databasePasswords.odoo", "--yes");

    const last = await rotate("databasePasswords.odoo", "--yes");
    log(last.stdout);
    expect(last.exitCode, last.stdout + last.stderr).toBe(0);
    expect(last.stdout).toMatch(/^s3\.writer +begun, goes on/m);
    expect(last.stdout).toContain(`before it noted them: ${user}: ${AccessKey!.AccessKeyId}`);
    expect(last.stdout).toMatch(/4 credential\(s\) replaced and proved/);
    const [after, now] = [await inUse(), await passwords()];
    for (const role of roles) {
      expect([role, await accepted(before[role]), await accepted(after[role])]).toEqual([role, false, true]);
      const listed = (await accessKeysIn(iam())).filter((key) => key.role === role);
      expect([role, listed.map(({ id }) => id)]).toEqual([role, [after[role].s3AccessKey]]);
    }
    expect([await logsIn("odoo", old["odoo"]!), await logsIn("odoo", now["odoo"]!)]).toEqual([false, true]);
    expect({ ...now, odoo: "" }).toEqual({ ...old, odoo: "" });
    expect(said + last.stdout + last.stderr).not.toContain(now["odoo"]);
    const noted = await record();
    expect(Object.keys(noted).sort()).toEqual(["databasePasswords.odoo", "s3.guard", "s3.reader", "s3.writer"]);
    expect(Object.values(noted).filter(({ pending }) => pending)).toEqual([]);
    await stage.backedUp(120);
  });

  it("replaces every database's password by one update, and measures how long each service did not answer", async () => {
    const old = await passwords();
    const { exitCode, stdout, stderr } = await rotate("databasePasswords", "s3.guard", "--yes", "--json");
    log(stderr);
    expect(exitCode, stderr).toBe(0);
    const said = z
      .object({ checks: z.array(gateCheck), away: z.record(z.string(), z.number()) })
      .parse(JSON.parse(stdout));
    expect(said.checks.filter(({ ok }) => !ok)).toEqual([]);
    const names = said.checks.map(({ name }) => name);
    for (const database of Object.keys(old)) {
      expect(names).toContain(`databasePasswords.${database}: PostgreSQL takes the new password`);
      expect(names).toContain(`databasePasswords.${database}: PostgreSQL refuses the old password`);
      expect(said.away[database]).toBeGreaterThan(0);
    }
    expect(names).toContain("s3.guard: S3 refuses the old key");
    const now = await passwords();
    for (const [database, password] of Object.entries(now))
      expect([database, await logsIn(database, password)]).toEqual([database, true]);
    await stage.backedUp(120);
  });

  it("fails half-way: says what is in force; mended, the same command goes on", async () => {
    const before = await inUse();
    const { user } = (await accessKeysIn(iam())).find(({ role }) => role === "guard")!;
    const { user: writer } = (await accessKeysIn(iam())).find(({ role }) => role === "writer")!;
    const client = iamClient({ ...operatorStore, endpoint: addresses.iam.operatorUrl }, caPem());
    // A user that somebody has deleted: no key can be made for it.
    const policy = { UserName: user, PolicyName: "backups" };
    await client.send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId: before.guard.s3AccessKey }));
    await client.send(new DeleteUserPolicyCommand(policy));
    await client.send(new DeleteUserCommand({ UserName: user }));
    const failed = await rotate("s3.guard", "s3.writer", "--yes");
    log(failed.stdout + failed.stderr);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toMatch(/^In force now:\n/m);
    expect(failed.stdout).toMatch(/✓ s3\.writer: S3 takes the key in use/);
    expect(failed.stdout).toMatch(/✗ s3\.guard: S3 takes the key in use/);
    expect(failed.stderr).toContain("The same command goes on");
    expect(await accepted((await inUse()).writer)).toBe(true);
    expect(
      Object.entries(await record())
        .flatMap(([name, { pending }]) => (pending ? [name] : []))
        .sort(),
    ).toEqual(["s3.guard", "s3.writer"]);

    await client.send(new CreateUserCommand({ UserName: user }));
    await client.send(
      new PutUserPolicyCommand({ ...policy, PolicyDocument: JSON.stringify(guardPolicy(drillSite.bucket)) }),
    );
    client.destroy();
    const mended = await rotate("s3.guard", "s3.writer", "--yes");
    expect(mended.exitCode, mended.stdout + mended.stderr).toBe(0);
    const after = await inUse();
    expect([await accepted(before.writer), await accepted(after.writer), await accepted(after.guard)]).toEqual([
      false,
      true,
      true,
    ]);
    expect((await accessKeysIn(iam())).filter((key) => key.user === writer)).toHaveLength(1);
  });

  it("leaves a person's to a person, and notes that it was done", async () => {
    const refused = await rotate("hcloud:token", "--yes");
    expect([refused.exitCode, refused.stdout]).toEqual([4, expect.stringContaining("https://console.hetzner.cloud")]);
    expect((await rotate("hcloud:token", "--done")).exitCode).toBe(0);
    expect((await record())["hcloud:token"]).toMatchObject({ by: expect.stringMatching(/.@./) });
  });

  // The last one: the ground's own key opens the VPS no more.
  it("replaces the operator's SSH key, killed on the way and run again; the engine goes on with it", async () => {
    const { ssh } = JSON.parse(await setting("smarteros:site")) as { ssh: { privateKeyFile: string } };
    const key = () => readFile(ssh.privateKeyFile, "utf8");
    const { vps } = stage.ground.secrets;
    const opens = (privateKey: string) =>
      runOverSsh({ host: addresses.hostinger, privateKey, hostKey: vps.publicKey }, "true").then(
        () => true,
        (error: { level?: string }) => {
          if (error.level === "client-authentication") return false;
          throw error;
        },
      );
    const before = await key();
    await killedAt(/the new SSH key logs in on/, "ssh.operator", "--yes");
    expect(await opens(await key())).toBe(true);
    const { exitCode, stdout, stderr } = await rotate("ssh.operator", "--yes");
    log(stdout);
    expect(exitCode, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^ssh\.operator +begun, goes on/m);
    expect([await opens(before), await opens(await key())]).toEqual([false, true]);
    expect((await record())["ssh.operator"]).toEqual({ madeAt: expect.any(String), by: expect.stringMatching(/.@./) });
    const update = await rotate("s3.guard", "--yes");
    expect(update.exitCode, update.stdout + update.stderr).toBe(0);
  });
});
