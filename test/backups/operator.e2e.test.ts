/** The commands on the operator's machine, which does not resolve the name by which the site's hosts know the store. */
import { writeFileSync } from "node:fs";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import { join } from "node:path";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stringify } from "yaml";
import { addresses } from "../../local-cloud/addresses";
import { repoRoot } from "../../toolchain/paths";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "../images/site";
import { root } from "../local-cloud/s3/local-s3";
import { emptyStack } from "../empty-stack";

const cleanup = new Cleanup();
let ground: StoreGround;
let env: Record<string, string>;

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  const site = new Host(ground, "site", "127.10.9.63", cleanup);
  await site.startPostgres({ generation: 1 });
  writeFileSync(join(site.set("odoo"), "invoice.pdf"), "an invoice");
  await site.writeAgentConfig(1, ["odoo"]);
  await site.agent("init-repo");
  await site.agent("cycle");
  const replica = { Bucket: `${ground.s3.bucket}-replica`, ObjectLockEnabledForBucket: true };
  const elsewhere = ground.store.client(root, "us-east-1");
  cleanup.add(async () => elsewhere.destroy());
  await elsewhere.send(new CreateBucketCommand(replica));
  ({ env } = await emptyStack(ground.dir));
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

/** Runs a command of the repository. @param operatorUrl the aws provider's endpoint */
function command(name: "check" | "expire", operatorUrl: string, ...args: string[]) {
  const { bucket, region, port, caPem } = ground.s3;
  const config = {
    "smarteros:site": {
      backups: { bucket, region, replicaRegion: "us-east-1", endpoint: { host: "s3.site.test", port, caPem } },
    },
    "smarteros:postgresCipher": ciphers.postgresCipher,
    "smarteros:filesCipher": ciphers.filesCipher,
    "aws:endpoints": [{ s3: operatorUrl }],
    "aws:accessKey": root.accessKeyId,
    "aws:secretKey": root.secretAccessKey,
  };
  const settings = join(ground.dir, "settings.yaml");
  writeFileSync(settings, stringify({ config }));
  const tsx = join(repoRoot(), "node_modules", "tsx", "dist", "loader.mjs");
  const program = ["--import", tsx, join(repoRoot(), "backups", `${name}.ts`), "--stack", "primary"];
  return execa("node", [...program, "--config-file", settings, "--json", ...args], {
    cwd: ground.dir,
    env,
    reject: false,
  });
}

it("check and expire work by a name that only the operator's machine knows", async () => {
  const url = `https://localhost:${ground.s3.port}`;
  const check = await command("check", url, "--read", "everything");
  expect(
    JSON.parse(check.stdout).checked.map(({ ok }: { ok: boolean }) => ok),
    check.stdout,
  ).toEqual([true, true]);
  expect(check.exitCode).toBe(0);
  const expired = await command("expire", url);
  expect(expired.exitCode, expired.stderr).toBe(0);
  expect(JSON.parse(expired.stdout)).toMatchObject([
    { generation: 1, sets: { kept: 1, dropped: 0 }, replica: 0 },
  ]);
}, 90_000);

it("and by the local cloud's address, which its certificate holds", async () => {
  const relay = net.createServer((client) => {
    const store = net.connect(ground.s3.port, "localhost");
    client.pipe(store).pipe(client);
    for (const end of [client, store]) end.on("error", () => [client, store].forEach((socket) => socket.destroy()));
  });
  relay.listen(0, addresses.front);
  await once(relay, "listening");
  try {
    const { port } = relay.address() as AddressInfo;
    const { stdout, exitCode } = await command("check", `https://${addresses.front}:${port}`);
    expect([exitCode, JSON.parse(stdout).checked.map(({ ok }: { ok: boolean }) => ok)], stdout).toEqual([
      0,
      [true, true],
    ]);
  } finally {
    relay.close();
  }
}, 60_000);

it("an address that is in the certificate as an address alone is refused by pgBackRest, and said", async () => {
  const { stdout, exitCode } = await command("check", `https://127.0.0.1:${ground.s3.port}`);
  const [postgres, files] = JSON.parse(stdout).checked;
  expect([exitCode, files.ok]).toEqual([1, true]);
  expect(postgres).toMatchObject({
    ok: false,
    evidence: expect.stringContaining("unable to find hostname '127.0.0.1' in certificate"),
  });
}, 60_000);

it("an endpoint without TLS is refused", async () => {
  const { stderr, exitCode } = await command("check", `http://localhost:${ground.s3.port}`);
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringMatching(/aws:endpoints: received s3 "http:.*; allowed: an https URL.*; fix: /),
  ]);
}, 60_000);
