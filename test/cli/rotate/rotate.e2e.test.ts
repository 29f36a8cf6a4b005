/**
 * A rotation on a real PostgreSQL, S3, IAM, backup agent and settings file, without the local cloud: what `pulumi up` does with them is done by
 * a stand-in, and `docker` is a script that finds the containers' files in a folder.
 */
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CreateAccessKeyCommand } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { accessKeysIn, isAccepted, type KeyPair } from "../../../cli/rotate/access-keys";
import { roles } from "../../../cli/rotate/inventory";
import { agesOf, planRotation } from "../../../cli/rotate/plan";
import { loginScript } from "../../../cli/rotate/prove";
import { rotate, type Rotated } from "../../../cli/rotate/rotate";
import { RotationSettings } from "../../../cli/rotate/settings";
import type { Living } from "../../../cli/recover/living";
import type { Opened } from "../../../cli/recover/locked";
import { runOverSsh } from "../../../components/host/ssh";
import { generationLayout } from "../../../contracts/generation";
import { readConfig } from "../../../stacks/config";
import { PulumiConfig } from "../../../stacks/secrets/pulumi-config";
import { Cleanup, ciphers, Host, prepareGround, type StoreGround } from "../../images/site";
import { startSshServer } from "../../local-cloud/providers/command/ssh-server";
import { region, root } from "../../local-cloud/s3/local-s3";
import { filledSettings, setConfig, type Settings } from "../../stacks/settings";
import { StandInEngine, userOf } from "./stand-in-engine";
import { emptyStack } from "../../empty-stack";

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });
const address = "127.10.9.33";
const cleanup = new Cleanup();
const stack: Settings = filledSettings("primary");
const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
let ground: StoreGround;
let host: Host;
let config: PulumiConfig;
let settings: RotationSettings;
let engine: StandInEngine;
let onHost: Living["run"];

beforeAll(async () => {
  ground = await prepareGround(cleanup);
  // What runs in this process does not know the test's authority; the agent and pgBackRest do, and check.
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  host = new Host(ground, "primary", address, cleanup);
  await host.startPostgres({ generation: 1, roles: JSON.parse(text(stack["smarteros:databasePasswords"])) });
  await host.writeAgentConfig(1, []);

  const [bin, containers, folder] = ["bin", "containers", "project"].map((name) => join(ground.dir, name)) as [
    string,
    string,
    string,
  ];
  await mkdir(bin);
  await writeFile(
    join(bin, "docker"),
    `#!/bin/sh
case "$1" in
  exec) shift 5; PGHOSTADDR=${address} exec "$@" ;;
  cp) file=${containers}/$(echo "$2" | tr -d :); exec tar --create --directory "$(dirname "$file")" "$(basename "$file")" ;;
esac
`,
  );
  await chmod(join(bin, "docker"), 0o755);
  vi.stubEnv("PATH", `${bin}:${process.env["PATH"]}`);
  const ssh = await startSshServer({ acceptEnv: [], root: ground.dir });
  cleanup.add(() => ssh.close());
  const connection = { host: "127.0.0.1", port: ssh.port, privateKey: ssh.privateKey, hostKey: ssh.hostKey };
  onHost = (script, options) => runOverSsh(connection, script, options);

  const access = await emptyStack(folder);
  config = new PulumiConfig(access);
  await config.setSecret("smarteros:databasePasswords", text(stack["smarteros:databasePasswords"]));
  settings = new RotationSettings({ access }, folder);

  const [writer, reader, guard] = (await Promise.all(roles.map((role) => ground.keysOf(role, 1)))) as [
    KeyPair,
    KeyPair,
    KeyPair,
  ];
  const iam = ground.store.iam();
  engine = new StandInEngine({ host, iam, settings, passwords, containers }, { writer, reader, guard });
  await engine.startContainers();
  cleanup.add(() => engine.end());
});
afterAll(async () => {
  await cleanup.run();
  vi.unstubAllEnvs();
}, 60_000);

async function passwords(): Promise<Record<string, string>> {
  const key = "smarteros:databasePasswords";
  return JSON.parse((await config.values([key])).get(key)!) as Record<string, string>;
}

let said: string[];
let before: Readonly<Record<string, KeyPair>>;
let old: Readonly<Record<string, string>>;
beforeEach(async () => {
  said = [];
  before = { ...engine.keys };
  old = await passwords();
});
const say = (line: string) => void said.push(line);

/** The site as a run of the command finds it: with the settings as they are then. */
async function found(): Promise<Opened> {
  const site = stack["smarteros:site"];
  const values = {
    ...stack,
    "smarteros:site": {
      ...site,
      backups: { ...site.backups, bucket: ground.s3.bucket },
      dns: { ...site.dns, resolvers: ["127.0.0.1:9"] },
    },
    "smarteros:databasePasswords": await passwords(),
    "smarteros:credentials": await settings.record(),
    "aws:region": region,
    "aws:endpoints": [{ s3: ground.store.s3Url, iam: ground.store.iamUrl }],
    "aws:accessKey": root.accessKeyId,
    "aws:secretKey": root.secretAccessKey,
  };
  setConfig(values);
  const read = readConfig("primary");
  const clear = {
    values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)])),
    secretKeys: [],
  };
  // The ground's ciphers are shorter than a site's may be.
  const living = { engine, clear, config: { ...read, secrets: { ...read.secrets, ...ciphers } }, address, run: onHost };
  const output = { print: say, note: say };
  const context = { lang: "en", documentLang: "en", output, signal: new AbortController().signal } as const;
  return { living: living as unknown as Living, context, say };
}

/** One run of the command. */
async function rotated(...names: string[]): Promise<Rotated> {
  const opened = await found();
  const now = new Date();
  const ages = agesOf(opened.living.config.credentials, await listed());
  return rotate(opened, settings, planRotation({ names }, ages, now.getTime()), now);
}

const iamArgs = () => ({
  access: { region, endpoint: ground.store.s3Url, accessKey: root.accessKeyId, secretKey: root.secretAccessKey },
  endpoint: ground.store.iamUrl,
});
const listed = () => accessKeysIn(iamArgs());
const accepted = (key: KeyPair) => isAccepted(iamArgs().access, ground.s3.bucket, 1, key);
const logsIn = (database: string, password: string) =>
  onHost(loginScript(database), { input: `${password}\n` }).then(
    (role) => role.trim() === database,
    () => false,
  );
const pending = async () =>
  Object.entries(await settings.record())
    .flatMap(([name, entry]) => (entry.pending ? [name] : []))
    .sort();
const notHolding = () => said.flatMap((text) => text.split("\n")).filter((line) => line.includes("✗"));

afterEach(async () => {
  expect(said.join("\n")).not.toContain((await passwords())["odoo"]);
});

it("replaces every S3 key and a password: the old ones are refused, the new ones work, and backups go on", async () => {
  const { checks, backup, rotated: names } = await rotated("s3", "databasePasswords.odoo");
  // Of unknown age first.
  expect([names[0], names.slice(1).sort()]).toEqual(["databasePasswords.odoo", ["s3.guard", "s3.reader", "s3.writer"]]);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect(checks.map(({ name }) => name).sort()).toEqual([
    "databasePasswords.odoo: PostgreSQL refuses the old password",
    "databasePasswords.odoo: PostgreSQL takes the new password",
    ...[...roles]
      .sort()
      .flatMap((role) => [
        `s3.${role}: IAM knows one key, made since`,
        `s3.${role}: S3 refuses the old key`,
        `s3.${role}: S3 takes the key in use`,
      ]),
  ]);
  expect(backup).toContain(generationLayout(1).manifests);
  for (const role of roles)
    expect([role, await accepted(before[role]!), await accepted(engine.keys[role])]).toEqual([role, false, true]);
  const now = await passwords();
  expect([await logsIn("odoo", old["odoo"]!), await logsIn("odoo", now["odoo"]!)]).toEqual([false, true]);
  expect(await logsIn("n8n", old["n8n"]!)).toBe(true);
  expect(await pending()).toEqual([]);
  expect(said.join("\n")).toContain("npm run secrets:init -- --stack recovery --from primary --force");
});

it("fails half-way: says what is in force, and the next run goes on with the same values", async () => {
  engine.next = "failed half-way";
  await expect(rotated("s3.writer", "databasePasswords.n8n")).rejects.toThrow(/odoo does not become healthy/);
  expect(said).toContain("In force now:");
  expect(notHolding()).toEqual([
    expect.stringMatching(/databasePasswords\.n8n: PostgreSQL takes the new password: password authentication failed/),
    expect.stringMatching(/databasePasswords\.n8n: PostgreSQL refuses the old password: logged in as n8n/),
    expect.stringMatching(/s3\.writer: S3 refuses the old key: \S+: still accepted/),
    expect.stringMatching(/s3\.writer: IAM knows one key, made since: .*, /),
  ]);
  expect(await accepted(before["writer"]!)).toBe(true);
  expect(await logsIn("n8n", old["n8n"]!)).toBe(true);
  expect(await pending()).toEqual(["databasePasswords.n8n", "s3.writer"]);
  const [made, key] = [(await passwords())["n8n"], engine.keys.writer];

  // Somebody else asks for something else: what was begun is finished first.
  const { rotated: names, checks } = await rotated("s3.guard");
  expect([names.slice(0, 2).sort(), names[2]]).toEqual([["databasePasswords.n8n", "s3.writer"], "s3.guard"]);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expect([(await passwords())["n8n"], engine.keys.writer]).toEqual([made, key]);
  expect([await accepted(before["writer"]!), await logsIn("n8n", old["n8n"]!)]).toEqual([false, false]);
  expect(await pending()).toEqual([]);
});

it("believes no update that did nothing", async () => {
  engine.next = "nothing done";
  await expect(rotated("databasePasswords.odoo", "s3.guard")).rejects.toThrow(
    /does not hold: .*databasePasswords\.odoo: PostgreSQL takes the new password/,
  );
  expect(await pending()).toEqual(["databasePasswords.odoo", "s3.guard"]);
  await rotated();
  expect(await pending()).toEqual([]);
  expect(await accepted(before["guard"]!)).toBe(false);
});

it("takes back a key that an engine made and did not note", async () => {
  const { AccessKey } = await ground.store.iam().send(new CreateAccessKeyCommand({ UserName: userOf("writer") }));
  await rotated("s3.writer");
  expect(said.join("\n")).toContain(`before it noted them: ${userOf("writer")}: ${AccessKey!.AccessKeyId}`);
  const ids = (await listed()).filter(({ role }) => role === "writer").map(({ id }) => id);
  expect(ids).toEqual([engine.keys.writer.s3AccessKey]);
});
