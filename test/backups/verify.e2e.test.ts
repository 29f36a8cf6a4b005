/**
 * Backups are verified on the local cloud: whole ones, after a run that was killed, and with rows that are not what they should be. It uses the addresses and the
 * cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setInterval } from "node:timers/promises";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readVerification, type VerificationRecord } from "../../backups/verify/record";
import { moduleTargets } from "../../components/services/agent";
import { psql, type Ground, type Primary } from "../../drill/ground";
import { drillSite } from "../../drill/settings";
import { s3Client } from "../../stacks/backup-store";
import { repoRoot } from "../../toolchain/paths";
import { hetzner, log, minutes, operatorStore, raiseStage, signal, strikeStage, type Stage } from "../local-stage";

const Bucket = drillSite.bucket;

let ground: Ground;
let primary: Primary;
let backedUp: Stage["backedUp"];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "verify-e2e-"));
  ({ ground, primary, backedUp } = await raiseStage());
  await cycle();
}, minutes(10));

afterAll(async () => {
  await strikeStage(primary);
  await rm(folder, { recursive: true, force: true });
}, minutes(3));

const cycle = () => backedUp(120);

/** `npm run backups:verify`, as a process group of its own. */
function start(...args: string[]) {
  const config = ["--config-file", ground.stacks.settingsFile("recovery"), "--record", folder];
  const child = spawn(process.execPath, ["--import", "tsx", "backups/verify.ts", ...config, ...args], {
    cwd: repoRoot(),
    env: { ...process.env, ...ground.stacks.engine("recovery").env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (data: Buffer) => {
      output += data.toString();
      log(`verify: ${data.toString().trim()}`);
    });
  return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, output })) };
}

async function verify(...args: string[]): Promise<{ code: number | null; output: string; record: VerificationRecord }> {
  const ended = await start(...args).ended;
  return { ...ended, record: (await readVerification(folder))! };
}

const resultOf = ({ modules }: VerificationRecord) =>
  Object.fromEntries(modules.map(({ name, result }) => [name, result]));
const allVerified = Object.fromEntries(moduleTargets().map(({ module }) => [module, "verified"]));

/** Everything that is ordered at Hetzner. */
async function ordered(): Promise<string[]> {
  const kinds = ["servers", "volumes", "firewalls", "ssh_keys"];
  const found = await Promise.all(
    kinds.map(async (kind) => (await hetzner("GET", `/${kind}`)).json[kind] as { name: string }[]),
  );
  return found.flat().map(({ name }) => name);
}

async function generationsInBucket(): Promise<(string | undefined)[]> {
  const s3 = s3Client(operatorStore, ground.cloud.pki.caPem);
  const { CommonPrefixes = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
  s3.destroy();
  return CommonPrefixes.map(({ Prefix }) => Prefix);
}

describe("backups:verify", { timeout: minutes(6) }, () => {
  it("verifies every module, and leaves nothing behind", async () => {
    const before = {
      dns: await primary.site.resolve(drillSite.domain),
      settings: await readFile(ground.stacks.settingsFile("recovery"), "utf8"),
    };
    const { code, output, record } = await verify();
    expect(output).toMatch(/verified in \d/);
    expect(code).toBe(0);
    expect(resultOf(record)).toEqual(allVerified);
    expect(record).toMatchObject({
      verdict: "verified",
      problem: null,
      leftBehind: null,
      set: { generation: 1, skipped: [] },
    });
    const evidence = (module: string) => record.modules.find(({ name }) => name === module)!.evidence.join("\n");
    expect(evidence("postgres")).toMatch(/base backup \S+; WAL follows/);
    expect(evidence("odoo")).toMatch(/restored and decrypted odoo: \d+ files/);
    for (const { rut } of drillSite.tenants)
      expect(evidence("odoo")).toMatch(new RegExp(`tenant ${rut} files: (\\d+) of \\1 attachments`));
    expect(evidence("vault")).toContain("is unsealed");

    expect(await ordered()).toEqual([]);
    expect(await generationsInBucket()).toEqual(["g1/"]);
    expect(await primary.site.resolve(drillSite.domain)).toBe(before.dns);
    expect(await readFile(ground.stacks.settingsFile("recovery"), "utf8")).toBe(before.settings);
    expect(await ground.stacks.pulumi("recovery", ["stack", "ls", "--all"])).not.toContain("verify");
    expect((await verify("--status")).code).toBe(0);
  });

  it("destroys first what a killed run left, and then verifies", async () => {
    const killed = start();
    for await (const _ of setInterval(100, undefined, { signal })) if ((await ordered()).includes("verify-data")) break;
    process.kill(-killed.child.pid!, "SIGKILL");
    await killed.ended;
    expect(await ordered()).toContain("verify-server");

    const { code, output, record } = await verify();
    expect(output).toContain("a former verification was cut off");
    expect([code, record.verdict]).toEqual([0, "verified"]);
    expect(await ordered()).toEqual([]);
  });

  it("tells which modules are not as they should be, though all of them came back", async () => {
    const [tenant] = drillSite.tenants;
    await primary.onVps(psql("gateway", `update tenants set name = 'Nobody' where rut = '${tenant.rut}'`));
    await cycle();
    const { code, output, record } = await verify();
    expect(code).toBe(1);
    expect(output).toMatch(/✗ gateway +failed/);
    expect(resultOf(record)).toEqual({ ...allVerified, gateway: "failed", postgres: "failed" });
    const gateway = record.modules.find(({ name }) => name === "gateway")!;
    expect(gateway.evidence.join()).toContain(
      `FAILED tenant ${tenant.rut} row: tenant ${tenant.rut} is named "Nobody"`,
    );
    expect(gateway.lastVerified!.at < record.startedAt).toBe(true);
    expect(await ordered()).toEqual([]);
  });
});
