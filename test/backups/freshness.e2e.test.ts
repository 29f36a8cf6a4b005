import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { manifestKey } from "../../contracts/generation";
import { signManifest } from "../../contracts/manifest";
import { repoRoot } from "../../toolchain/paths";
import { ciphers, Cleanup, prepareGround, type StoreGround } from "../images/site";
import { root } from "../local-cloud/s3/local-s3";
import { body } from "../stacks/manifests";
import { emptyStack } from "../empty-stack";

/** The command, on a stack of the real engine and a real S3. */
const cleanup = new Cleanup();
let ground: StoreGround;
let env: Record<string, string>;

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  writeSettings(1);
  ({ env } = await emptyStack(ground.dir));
});
afterAll(() => cleanup.run());

function writeSettings(generation: number, change: Record<string, unknown> = {}): void {
  const { bucket, region, host, port, caPem } = ground.s3;
  const config = {
    "smarteros:site": { generation, backups: { bucket, region, endpoint: { host, port, caPem } } },
    "smarteros:postgresCipher": ciphers.postgresCipher,
    "smarteros:filesCipher": ciphers.filesCipher,
    "aws:endpoints": [{ s3: `https://${host}:${port}` }],
    "aws:accessKey": root.accessKeyId,
    "aws:secretKey": root.secretAccessKey,
    ...change,
  };
  writeFileSync(join(ground.dir, "settings.yaml"), stringify({ config }));
}

/** A finished cycle of so many seconds ago. */
async function cycle(generation: number, secondsAgo: number): Promise<string> {
  const at = new Date(Date.now() - secondsAgo * 1000).toISOString();
  const files = Object.fromEntries(Object.entries(body().files).map(([set, e]) => [set, { ...e, takenAt: at }]));
  const passwords = { postgres: ciphers.postgresCipher, files: ciphers.filesCipher };
  const signed = signManifest(body({ generation, consistentAt: at, finishedAt: at, files }), passwords);
  const Key = manifestKey(generation, at);
  await ground.owner.send(new PutObjectCommand({ Bucket: ground.s3.bucket, Key, Body: JSON.stringify(signed) }));
  return Key;
}

function freshness(...args: string[]) {
  const tsx = join(repoRoot(), "node_modules", "tsx", "dist", "loader.mjs");
  const command = ["--import", tsx, join(repoRoot(), "backups", "freshness-main.ts"), "--stack", "primary"];
  const settings = ["--config-file", join(ground.dir, "settings.yaml")];
  return execa("node", [...command, ...settings, ...args], { cwd: ground.dir, env, reject: false });
}

test("ends with 0 and names the set when all is fresh", async () => {
  const key = await cycle(1, 5);
  const { exitCode, stdout } = await freshness("--json");
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ verdict: "fresh", manifest: key, skipped: [] });
  expect(result.modules).toHaveLength(11);
  expect(result.modules.find((m: { module: string }) => m.module === "odoo")).toMatchObject({ rpoTargetSeconds: 300 });
  expect(exitCode).toBe(0);
});

test("ends with 2 when a module is older than its RPO, and says which", async () => {
  await cycle(2, 200);
  writeSettings(2);
  const { exitCode, stdout } = await freshness();
  expect(stdout).toMatch(/^stale: g2\/manifests\//);
  expect(stdout).toMatch(/^ {2}stale +gateway +3 min old +RPO 1 min/m);
  expect(stdout).toMatch(/^ {2}fresh +odoo +3 min old +RPO 5 min/m);
  expect(exitCode).toBe(2);
});

test("an agent that has been dead for an hour makes every module stale, and it is said how old each is", async () => {
  await cycle(4, 3_700);
  writeSettings(4);
  const { exitCode, stdout } = await freshness("--json");
  const { verdict, modules } = JSON.parse(stdout) as { verdict: string; modules: Record<string, unknown>[] };
  expect(modules.length).toBeGreaterThan(8);
  expect(modules.filter((module) => module["verdict"] !== "stale")).toEqual([]);
  expect([exitCode, verdict]).toEqual([2, "stale"]);
  const { stdout: said } = await freshness();
  expect(said).toMatch(/^ {2}stale +odoo +1 h 0\d min old +RPO 5 min/m);
});

test("ends with 1 when it could not tell: nothing there, another cipher, no access", async () => {
  writeSettings(3);
  const nothing = await freshness();
  expect([nothing.exitCode, nothing.stdout.split("\n")[0]]).toEqual([1, "unknown: no valid manifest"]);

  writeSettings(2, { "smarteros:filesCipher": "another" });
  const cipher = await freshness();
  expect(cipher.exitCode).toBe(1);
  expect(cipher.stdout).toMatch(/passed over g2\/manifests\/.*: its signature does not hold \(filesCipher\)/);

  writeSettings(2, { "aws:secretKey": "wrong" });
  const refused = await freshness();
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/^backups:freshness: s3:\/\/backups: the store refused the credentials .*; fix: /);
});
