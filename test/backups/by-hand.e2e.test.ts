import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { manifest } from "../../contracts/manifest";
import { repoRoot } from "../../toolchain/paths";
import { ciphers, Cleanup, type Ground, Host, prepareGround } from "../images/site";

/** The commands of docs/backups.md, as they stand there, with a reader's key. */
const cleanup = new Cleanup();
let ground: Ground;
let folder: string;
let when: string;
let site: Host;

const documented = (name: string): string => {
  const text = readFileSync(join(repoRoot(), "docs", "backups.md"), "utf8");
  const block = new RegExp(`<!-- run: ${name} -->\n\`\`\`sh\n(.*?)\`\`\`\n<!-- end -->`, "s").exec(text)?.[1];
  if (block === undefined) throw new Error(`docs/backups.md has no commands "${name}"`);
  return block;
};

/** Runs a block as user postgres, with other names than the document's examples. */
async function run(name: string, examples: Record<string, string> = {}, env: NodeJS.ProcessEnv = {}): Promise<string> {
  let block = documented(name);
  for (const [example, value] of Object.entries(examples)) {
    expect(block).toContain(example);
    block = block.replace(example, value);
  }
  const { s3AccessKey, s3SecretKey } = await ground.keysOf("reader", 1);
  const { host, port, region, bucket } = ground.s3;
  const ca = join(folder, "ca.pem");
  const { all } = await execa("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", "bash", "-eu"], {
    input: block,
    cwd: folder,
    env: {
      ...{ AWS_ACCESS_KEY_ID: s3AccessKey, AWS_SECRET_ACCESS_KEY: s3SecretKey, AWS_DEFAULT_REGION: region },
      ...{ BUCKET: bucket, GENERATION: "1", HOME: folder },
      ...{ RESTIC_PASSWORD: ciphers.filesCipher, POSTGRES_CIPHER: ciphers.postgresCipher },
      // Of the store at hand, which is not AWS.
      ...{ S3: `${host}:${port}`, SSL_CERT_FILE: ca, PGBACKREST_REPO1_STORAGE_CA_FILE: ca },
      ...{ PGBACKREST_REPO1_STORAGE_PORT: String(port), PGBACKREST_REPO1_S3_URI_STYLE: "path" },
      ...env,
    },
    all: true,
  });
  return all;
}

/** Of commands that failed half-way. */
async function stopCluster(): Promise<void> {
  const pidFile = join(folder, "cluster", "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const stop = ["/usr/lib/postgresql/15/bin/pg_ctl", "stop", `--pgdata=${join(folder, "cluster")}`, "--mode=immediate"];
  await execa("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", ...stop]);
}

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  site = new Host(ground, "site", "127.10.9.54", cleanup);
  await site.startPostgres({ generation: 1 });
  await site.query("odoo", "create table res_partner (id int primary key, name text)");
  await site.query("odoo", "insert into res_partner values (1, 'Comercial Uno'), (2, 'Comercial Dos')");
  const filestore = join(site.set("odoo"), "filestore");
  mkdirSync(filestore);
  writeFileSync(join(filestore, "invoice.pdf"), "an invoice");
  writeFileSync(join(filestore, "logo.png"), "a logo");
  await site.writeAgentConfig(1, ["odoo"]);
  await site.agent("init-repo");
  when = manifest.parse(JSON.parse((await site.agent("cycle")).stdout)).body.consistentAt;
  await site.query("odoo", "delete from res_partner");
  await site.agent("cycle");

  folder = join(ground.dir, "by-hand");
  mkdirSync(folder);
  writeFileSync(join(folder, "ca.pem"), ground.s3.caPem!);
  await execa("chown", ["-R", "postgres:", folder]);
  cleanup.add(stopCluster);
}, 120_000);
afterAll(() => cleanup.run(), 60_000);

test("one file", async () => {
  const said = await run("file");
  expect(said).toMatch(/\/odoo\/filestore\/invoice\.pdf/);
  const restored = join(folder, "restored", "odoo", "filestore");
  expect(readFileSync(join(restored, "invoice.pdf"), "utf8")).toBe("an invoice");
  expect(existsSync(join(restored, "logo.png"))).toBe(false);
}, 60_000);

test("one table, as of a time before it was emptied", async () => {
  await run("table", { "2026-11-23 21:05:00+00": when.replace("T", " ").replace("Z", "+00") });
  const { stdout } = await execa("pg_restore", ["--file=-", join(folder, "res_partner.dump")]);
  expect(stdout).toMatch(/CREATE TABLE public\.res_partner/);
  expect(stdout).toMatch(/1\tComercial Uno\n2\tComercial Dos\n/);
}, 90_000);

test("its rows into the site, beside what is left of it", async () => {
  await run("rows", {}, { PGHOST: site.socketDir });
  expect(await site.query("odoo", "select id, name from rescued_res_partner order by id")).toEqual([
    { id: 1, name: "Comercial Uno" },
    { id: 2, name: "Comercial Dos" },
  ]);
  expect(await site.query("odoo", "select * from res_partner")).toEqual([]);
}, 30_000);
