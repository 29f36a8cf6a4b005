/** The steps that take Vault back, each done twice: real Docker, Vault, agent and settings of a stack; no cloud, and no site around it. */
import { execFile, spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { decrypt, generateKey, readMessage } from "openpgp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ScriptFailed, type RunOptions } from "../../../components/host/ssh";
import { networkName } from "../../../components/services/spec";
import { agentScript } from "../../../components/agent-command";
import { vaultEscrow, type VaultEscrow } from "../../../contracts/vault";
import type { RecoverJournal, VaultStep } from "../../../cli/recover/journal";
import { stopScript } from "../../../cli/recover/scripts";
import { isolateScript, reopenScript } from "../../../cli/recover/vault-scripts";
import { knownShares, settingNames, sharesIn } from "../../../cli/recover/vault-shares";
import { vaultWork, type VaultWork } from "../../../cli/recover/vault-steps";
import { agentBundle, bundleAgent } from "../../../images/agent/build";
import { findEngine } from "../../../toolchain/engine";
import { engineEnvironment, ensureToolchain } from "../../../toolchain/ensure";
import { PulumiConfig } from "../../../stacks/secrets/pulumi-config";
import { startPrivateEngine } from "../../local-cloud/providers/docker/private-engine";

const run = promisify(execFile);
const address = "http://vault:8200";
const image = "site:1";

let folder: string;
let engine: Awaited<ReturnType<typeof startPrivateEngine>>;
let access: ConstructorParameters<typeof PulumiConfig>[0] & { configFile: string };
let settings: PulumiConfig;
let escrow: VaultEscrow;

beforeAll(async () => {
  const { vault } = await ensureToolchain({ want: ["vault", "engine", "debian"] });
  await bundleAgent();
  folder = await mkdtemp(join(tmpdir(), "smarteros-steps-"));
  engine = await startPrivateEngine();
  await makeImage(vault);
  await mkdir(join(folder, "vault"));
  await engine.docker.createNetwork({ Name: networkName, Driver: "bridge" });
  const made = await engine.docker.createContainer({
    name: "vault",
    Image: image,
    Entrypoint: ["/bin/vault", "server", "-config=/etc/vault.hcl"],
    Labels: { "smarteros.service": "vault" },
    HostConfig: { NetworkMode: "bridge", Binds: [`${join(folder, "vault")}:/data`] },
  });
  await engine.docker.getNetwork("bridge").disconnect({ Container: made.id });
  await engine.docker.getNetwork(networkName).connect({ Container: made.id, EndpointConfig: { Aliases: ["vault"] } });
  await made.start();
  const opened = await agent("vault-init", networkName, { address, shares: 3, threshold: 2 });
  escrow = vaultEscrow.parse(JSON.parse(opened));
  await makeStack();
}, 180_000);

afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** One image for both: the machine's own Node and shell, the agent, and Vault. */
async function makeImage(vault: string): Promise<void> {
  const programs = ["/bin/sh", "/bin/cat", process.execPath];
  const { stdout } = await run("ldd", programs);
  const tree = join(folder, "image");
  const put = async (from: string, to: string) => {
    await mkdir(dirname(join(tree, to)), { recursive: true });
    await copyFile(from, join(tree, to));
  };
  for (const file of new Set(stdout.match(/\/\S+\.so\S*(?= \()/g))) await put(file, file);
  await put("/bin/sh", "bin/sh");
  await put(process.execPath, "bin/node");
  await put(vault, "bin/vault");
  await put(agentBundle, "agent.cjs");
  await mkdir(join(tree, "data"), { recursive: true });
  await mkdir(join(tree, "etc"), { recursive: true });
  await mkdir(join(tree, "tmp"));
  await writeFile(
    join(tree, "etc", "vault.hcl"),
    `disable_mlock = true
api_addr = "http://vault:8200"
cluster_addr = "http://vault:8201"
storage "raft" { 
  path = "/data"
  node_id = "smarteros"
}
listener "tcp" { 
  address = "0.0.0.0:8200"
  tls_disable = true
}
`,
  );
  await onHost(`tar -C '${tree}' -c . | docker import --change 'ENTRYPOINT ["/bin/node", "/agent.cjs"]' - ${image}`);
}

/** A stack with nothing but its settings. */
async function makeStack(): Promise<void> {
  const found = (await findEngine())!;
  const state = join(folder, "state");
  await mkdir(state);
  await writeFile(join(folder, "Pulumi.yaml"), "name: smarteros\nruntime: nodejs\n");
  const env = {
    PATH: engineEnvironment(found).PATH ?? process.env["PATH"]!,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: "of the test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  access = {
    pulumi: found.pulumi,
    env,
    cwd: folder,
    stack: "primary",
    configFile: join(folder, "Pulumi.primary.yaml"),
  };
  await run(found.pulumi, ["stack", "init", "primary"], { cwd: folder, env: { ...process.env, ...env } });
  settings = new PulumiConfig(access);
}

/** A script, as it runs on a host. */
function onHost(script: string, { input }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", script.replaceAll("/srv/smarteros", folder)], {
      env: { ...process.env, DOCKER_HOST: engine.host },
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (d: Buffer) => (out += d.toString()));
    child.stderr.on("data", (d: Buffer) => (err += d.toString()));
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new ScriptFailed("host", code, out, err))));
    child.stdin.end(input ?? "");
  });
}

const agent = (command: string, network: string, input: unknown) =>
  onHost(agentScript(command, image, network, []), { input: JSON.stringify(input) });

/** A recovery of this Vault, as it begins or goes on. */
async function begin(more: Partial<VaultWork> = {}) {
  const said: string[] = [];
  const clear = Object.fromEntries(await settings.values(Object.values(settingNames)));
  const living = {
    engine: { access },
    clear: { values: clear, secretKeys: [] },
    config: { site: { generation: 1 } },
    vaultEscrow: escrow,
    run: onHost,
  } as unknown as VaultWork["living"];
  let journal = {
    id: "r1",
    folder: "vault",
    at: null,
    checks: null,
    vault: { done: [], found: null, reads: null },
  } as unknown as RecoverJournal;
  const work = {
    living,
    context: { lang: "en", signal: new AbortController().signal },
    say: (line: string) => void said.push(line),
    begun: {},
    journal: () => journal,
    note: async (change: Partial<RecoverJournal>) => (journal = { ...journal, ...change }),
    image,
    shares: async () => knownShares(living)!,
    since: null,
    pgpKeys: undefined,
    folder,
    ...more,
  } as unknown as VaultWork;
  return { said, work };
}

const twice = async (step: VaultStep) => {
  for (const _ of [1, 2]) {
    const { work } = await begin();
    await vaultWork[step](work);
  }
};

it("seals it off, and stops at wrong shares with the step's name", async () => {
  await twice("sealed");
  await twice("isolated");
  const { work } = await begin({
    shares: async () => [
      "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh",
      "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAi",
    ],
  });
  await expect(vaultWork.looked(work)).rejects.toThrow(
    /^step looked: Vault cannot be opened: unsealShares: at least one is wrong/,
  );
}, 120_000);

it("looks, cleans and makes new shares, which are settings then; twice is the same", async () => {
  const { work, said } = await begin();
  await vaultWork.looked(work);
  expect(said).toContain("found: 1 tokens, 0 of them root; 0 leases; 0 AppRole secret ids");
  expect(work.journal().vault?.reads).toMatchObject({ from: expect.stringMatching(/^\d{4}/), reads: [] });

  await twice("cleaned");
  const token = (await settings.values([settingNames.token])).get(settingNames.token);
  expect(token).not.toBe(escrow.token);
  expect(sharesIn((await settings.values([settingNames.shares])).get(settingNames.shares))).toEqual(
    escrow.unsealShares,
  );

  const { work: rekeying } = await begin();
  await vaultWork.rekeyed(rekeying);
  expect(rekeying.journal().checks).toEqual([{ name: "old shares", ok: true, evidence: "this Vault refuses them" }]);
  const now = await settings.values(Object.values(settingNames));
  expect(now.get(settingNames.next)).toBeUndefined();
  expect(sharesIn(now.get(settingNames.shares))).not.toEqual(escrow.unsealShares);
  // Killed after that, and before it was noted that the step is done.
  await vaultWork.rekeyed(rekeying);
  expect(await settings.values(Object.values(settingNames))).toEqual(now);
}, 120_000);

it("killed before new shares were Vault's, it makes others; killed just after, it keeps them", async () => {
  const old = (await settings.values([settingNames.shares])).get(settingNames.shares)!;
  const unused = JSON.stringify([
    "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh",
    "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAi",
  ]);
  await settings.setSecret(settingNames.next, unused);
  await vaultWork.rekeyed((await begin()).work);
  const made = (await settings.values([settingNames.shares])).get(settingNames.shares)!;
  expect([old, unused]).not.toContain(made);
  // As after the verification: Vault has the new ones, the settings still the old ones beside them.
  await settings.setSecret(settingNames.shares, old);
  await settings.setSecret(settingNames.next, made);
  await vaultWork.rekeyed((await begin()).work);
  expect((await settings.values([settingNames.shares])).get(settingNames.shares)).toBe(made);
}, 120_000);

it("puts an earlier snapshot in place; twice is the same, and what was there is kept", async () => {
  const token = (await settings.values([settingNames.token])).get(settingNames.token)!;
  const path = "secret/data/smarteros/tenant";
  const write = (value: string) =>
    askVault(
      `fetch(v + '${path}', { method: 'POST', headers: h, body: JSON.stringify({ data: { value: '${value}' } }) })`,
      token,
    );
  const read = (as: string) =>
    askVault(`fetch(v + '${path}', { headers: h })`, as).then((text) => JSON.parse(text).data.data.value as string);
  await onHost(isolateScript);
  await onHost(reopenScript);
  await write("before");
  const saved = await onHost(
    inVault(
      "fetch(v + 'sys/storage/raft/snapshot', { headers: h }).then((r) => r.arrayBuffer()).then((b) => console.log(Buffer.from(b).toString('base64')))",
    ),
    { input: token },
  );
  const seal = JSON.parse(await askVault("fetch(v + 'sys/seal-status')", token)) as {
    cluster_id: string;
    n: number;
    t: number;
  };
  await write("after");

  // The agent's own restore of a file set, from a store, is tested elsewhere (test/images).
  const restores = async (script: string, how?: RunOptions) => {
    if (!/ restore$/m.test(script)) return onHost(script, how);
    const fresh = join(folder, "vault.new-r1");
    await writeFile(join(fresh, "vault.snap"), Buffer.from(saved, "base64"));
    await writeFile(
      join(fresh, "vault.json"),
      JSON.stringify({ clusterId: seal.cluster_id, shares: seal.n, threshold: seal.t }),
    );
    return "";
  };
  await onHost(stopScript(["vault"]));
  await onHost(isolateScript);
  for (const _ of [1, 2]) {
    const { work } = await begin();
    Object.assign(work.living, { run: restores, readerKeys: { s3AccessKey: "a", s3SecretKey: "b" } });
    Object.assign(work.living, { config: storeConfig });
    Object.assign(work.begun, {
      set: { key: "k", manifest: { body: { files: { vault: { snapshot: "s", takenAt: "t" } } } } },
    });
    await work.note({ at: "2026-11-24T12:00:00.000Z", switchedAt: null });
    await vaultWork.restored(work);
    expect(work.journal().switchedAt).not.toBeNull();
  }
  expect((await readdir(folder)).filter((name) => name.startsWith("vault")).sort()).toEqual([
    "vault",
    "vault.damaged-r1",
  ]);
  await vaultWork.cleaned((await begin()).work);
  await onHost(reopenScript);
  expect(await read((await settings.values([settingNames.token])).get(settingNames.token)!)).toBe("before");
}, 180_000);

/** A script that runs JavaScript in the site's network: `v` is Vault's API, `h` the headers with the token that it reads. */
const inVault = (javascript: string) =>
  `docker run --rm --interactive --network ${networkName} --entrypoint /bin/node ${image} -e "const v = '${address}/v1/'; const h = { 'x-vault-token': require('fs').readFileSync(0, 'utf8') }; ${javascript}"`;
const askVault = (fetching: string, token: string) =>
  onHost(inVault(`${fetching}.then((r) => r.text()).then((t) => console.log(t))`), { input: token });

/** As much of the settings as a restore is told. */
const storeConfig = {
  site: { generation: 1, backups: { bucket: "b", region: "us-east-1" } },
  secrets: { postgresCipher: "c", filesCipher: "c" },
};

it("writes each holder's share, which their PGP key opens, and keeps none; twice is the same", async () => {
  const holders = await Promise.all(
    ["ana", "luis"].map((name) => generateKey({ userIDs: [{ name, email: `${name}@holder.test` }], format: "object" })),
  );
  const pgpKeys = holders.map(({ publicKey }) => Buffer.from(publicKey.write()).toString("base64"));
  await onHost(isolateScript);
  await vaultWork.cleaned((await begin({ pgpKeys })).work); // what an earlier rekey left is no share of this one
  const unsealShares = await (await begin()).work.shares();
  const files: string[][] = [];
  for (const _ of [1, 2]) {
    const { work } = await begin({ pgpKeys, shares: async () => unsealShares });
    await vaultWork.rekeyed(work);
    files.push(await readdir(join(folder, "vault-shares-r1")));
  }
  expect(files[1]).toEqual(files[0]);
  expect((await settings.values([settingNames.shares])).get(settingNames.shares)).toBeUndefined();
  const shares = await Promise.all(
    files[0]!.map(async (name) => {
      const holder = holders.find(({ publicKey }) => name.includes(publicKey.getFingerprint()))!;
      const binaryMessage = await readFile(join(folder, "vault-shares-r1", name));
      const message = await readMessage({ binaryMessage });
      return (await decrypt({ message, decryptionKeys: holder.privateKey })).data as string;
    }),
  );
  await onHost(stopScript(["vault"]));
  await onHost(isolateScript);
  const { work, said } = await begin({ shares: async () => shares });
  await vaultWork.looked(work);
  expect(said).toContain("found: 1 tokens, 0 of them root; 0 leases; 0 AppRole secret ids");
}, 120_000);

it("is reached again afterwards, unsealed, and from the site's network alone", async () => {
  await onHost(isolateScript);
  await onHost(reopenScript);
  const token = (await settings.values([settingNames.token])).get(settingNames.token)!;
  const status = await onHost(
    inVault("fetch(v + 'auth/token/lookup-self', { headers: h }).then((r) => console.log(r.status))"),
    { input: token },
  );
  expect(status.trim()).toBe("200");
}, 60_000);
