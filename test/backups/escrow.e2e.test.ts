import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parse, stringify } from "yaml";
import { ensureToolchain } from "../../toolchain/ensure";
import { repoRoot } from "../../toolchain/paths";
import { newSecret } from "../../toolchain/sshkeys";
import { filledSettings, problemsWith, type Settings } from "../stacks/settings";

/** The commands on the real engine, in two places that share nothing but the bundle: where the site was, and where it is restored. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
let folder: string;
let engine: string;
let key: string;
let recipient: string;
const vaultEscrow = { token: `hvs.${newSecret()}`, unsealShares: [newSecret(), newSecret(), newSecret()] };
const cloudToken = "a token of Hetzner's that no bundle may hold";

const envOf = (place: string) => ({
  HCLOUD_TOKEN: "",
  CLOUDFLARE_API_TOKEN: "",
  AWS_ACCESS_KEY_ID: "",
  AWS_PROFILE: "",
  PULUMI_HOME: join(folder, "home"),
  PULUMI_BACKEND_URL: `file://${join(folder, place, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: place,
  PULUMI_SKIP_UPDATE_CHECK: "true",
});
const pulumi = (place: string, args: string[], input?: string) =>
  execa(engine, [...args, "--non-interactive"], { cwd: join(folder, place), env: envOf(place), input: input ?? "" });

async function escrow(place: string, ...args: string[]) {
  const tsx = join(repoRoot(), "node_modules", "tsx", "dist", "loader.mjs");
  const { exitCode, all } = await execa("node", ["--import", tsx, join(repoRoot(), "backups", "escrow.ts"), ...args], {
    ...{ cwd: join(folder, place), env: envOf(place), all: true, reject: false },
  });
  return { exitCode, all };
}
const seal = (...args: string[]) =>
  escrow("site", "seal", "--stack", "primary", "--recipient", recipient, "--out", bundle(), ...args);
const check = (...args: string[]) => escrow("site", "check", "--stack", "primary", "--file", bundle(), ...args);
const open = (...args: string[]) =>
  escrow("elsewhere", "open", "--stack", "recovery", "--file", bundle(), "--identity", key, ...args);
const bundle = () => join(folder, "bundle.age");

/** All settings of a stack in clear, as the engine gives them to the program. */
async function settingsOf(place: string, stack: string): Promise<Settings> {
  const { stdout } = await pulumi(place, ["config", "--json", "--show-secrets", "--stack", stack]);
  const all = JSON.parse(stdout) as Record<string, { value: string }>;
  return Object.fromEntries(Object.entries(all).map(([name, { value }]) => [name, value])) as Settings;
}

/** A stack with the primary's settings, and what its first deployment put out. */
async function makeSite(): Promise<void> {
  const settings = filledSettings("primary");
  const secret = (name: string) => /Cipher|Passwords|Keys|Secret/.test(name);
  const plain = Object.entries(settings).filter(([name]) => !secret(name));
  await writeFile(
    join(folder, "site", "Pulumi.primary.yaml"),
    stringify({
      config: {
        ...Object.fromEntries(plain),
        "cloudflare:apiToken": "plain, and left out all the same",
        "smarteros:credentials": { "s3.writer": { madeAt: "2026-11-24T19:05:00.000Z", by: "ana@laptop" } },
      },
    }),
  );
  await pulumi("site", ["stack", "init", "primary"]);
  const secrets = [...Object.entries(settings).filter(([name]) => secret(name)), ["hcloud:token", cloudToken]];
  for (const [name, value] of secrets) {
    await pulumi("site", ["config", "set", "--secret", String(name), "--stack", "primary"], String(value));
  }
  await deployVault();
}

/** Writes the output into the stack's state, as `pulumi up` would. */
async function deployVault(): Promise<void> {
  const { stdout } = await pulumi("site", ["stack", "export", "--stack", "primary"]);
  const state = JSON.parse(stdout) as { deployment: Record<string, unknown> };
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
  state.deployment["resources"] = [
    {
      urn: "urn:pulumi:primary::smarteros::pulumi:pulumi:Stack::smarteros-primary",
      ...{ custom: false, type: "pulumi:pulumi:Stack" },
      outputs: { vaultEscrow: { ...secret, plaintext: JSON.stringify(vaultEscrow) } },
    },
  ];
  await pulumi("site", ["stack", "import", "--stack", "primary"], JSON.stringify(state));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "escrow-"));
  engine = (await ensureToolchain({ want: ["engine"], log: () => undefined })).pulumi;
  for (const place of ["site", "elsewhere"]) {
    await mkdir(join(folder, place, "state"), { recursive: true });
    await copyFile(join(repoRoot(), "Pulumi.yaml"), join(folder, place, "Pulumi.yaml"));
  }
  // Elsewhere there is the repository, with its examples, and nothing else.
  await copyFile(join(repoRoot(), "Pulumi.recovery.yaml"), join(folder, "elsewhere", "Pulumi.recovery.yaml"));
  await pulumi("elsewhere", ["stack", "init", "recovery"]);
  const identity = await generateIdentity();
  recipient = await identityToRecipient(identity);
  key = join(folder, "key.txt");
  await writeFile(key, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  await makeSite();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("seal", () => {
  it("needs a recipient, and does not repeat a private key that is given for one", async () => {
    const to = (...args: string[]) => escrow("site", "seal", "--stack", "primary", "--out", bundle(), ...args);
    expect((await to()).all).toMatch(/--recipient: missing; allowed: .*; fix: age-keygen/);
    const wrong = await to("--recipient", "AGE-SECRET-KEY-1QQQQ");
    expect([wrong.exitCode, wrong.all]).toEqual([1, expect.stringMatching(/--recipient: received "a private key/)]);
    expect(wrong.all).not.toContain("QQQQ");
  });

  it("writes an age file and its label, which show no secret, and prints names alone", async () => {
    const { exitCode, all } = await seal();
    expect([exitCode, all]).toEqual([0, expect.stringMatching(/smarteros:databasePasswords\.odoo\n/)]);
    expect(all).not.toContain("s3.writer");
    const [file, label] = await Promise.all([bundle(), `${bundle()}.label.json`].map((f) => readFile(f, "utf8")));
    expect(file).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
    expect((await stat(bundle())).mode & 0o777).toBe(0o600);
    const secrets = Object.entries(await settingsOf("site", "primary")).filter(([name]) =>
      /Cipher|Passwords|Keys|Secret/.test(name),
    );
    const values = secrets.flatMap(([, v]) => (String(v).startsWith("{") ? Object.values(JSON.parse(String(v))) : [v]));
    for (const value of [...values, vaultEscrow.token, ...vaultEscrow.unsealShares, cloudToken]) {
      for (const text of [file, label, all]) expect(text).not.toContain(value);
    }
  });

  it("refuses a stack that no recovery could come from", async () => {
    const yaml = await readFile(join(folder, "site", "Pulumi.primary.yaml"), "utf8");
    const broken = parse(yaml) as { config: Record<string, { dns: { zoneId: string } }> };
    broken.config["smarteros:site"]!.dns.zoneId = "FILL-IN";
    await writeFile(join(folder, "site", "broken.yaml"), stringify(broken));
    const out = join(folder, "none.age");
    const refused = await seal("--config-file", "broken.yaml", "--out", out);
    expect(refused.all).toMatch(/a recovery would refuse this bundle.*\n {2}- smarteros:site\.dns\.zoneId: received/);
    await expect(stat(out)).rejects.toThrow("ENOENT");
  });
});

describe("check", () => {
  it("finds the bundle fresh, also by opening it", async () => {
    expect(await check("--identity", key)).toEqual({ exitCode: 0, all: expect.stringMatching(/: fresh$/) });
  });

  it("says that it is too old", async () => {
    expect(await check("--max-age", "0.1 seconds")).toEqual({
      exitCode: 1,
      all: expect.stringMatching(/: STALE\n {2}it is .* old; allowed: 0 s\n/),
    });
  });

  it("names what has changed since, and is fresh when it is sealed again", async () => {
    const settings = await settingsOf("site", "primary");
    const passwords = { ...JSON.parse(String(settings["smarteros:databasePasswords"])), odoo: newSecret() };
    const set = ["config", "set", "--stack", "primary"];
    await pulumi("site", [...set, "--secret", "smarteros:databasePasswords"], JSON.stringify(passwords));
    await pulumi("site", [...set, "aws:maxRetries"], "3");
    const { exitCode, all } = await check();
    expect([exitCode, all]).toEqual([
      1,
      expect.stringMatching(
        /STALE\n {2}smarteros:databasePasswords\.odoo: has another value in the stack\n {2}aws:maxRetries: is in the stack alone\nfix/,
      ),
    ]);
    await seal();
    expect((await check()).all).toMatch(/: fresh$/);
  });

  it("does not believe a label that was changed, nor another bundle behind it", async () => {
    const labelFile = `${bundle()}.label.json`;
    const [label, sealed] = await Promise.all([labelFile, bundle()].map((f) => readFile(f, "utf8")));
    await writeFile(labelFile, label!.replace(/"sealedAt": "\d{4}/, '"sealedAt": "2099'));
    expect((await check()).all).toMatch(/STALE\n {2}its label is not signed with this stack's ciphers/);
    await writeFile(labelFile, label!);
    await writeFile(bundle(), `${sealed}\n`);
    expect((await check()).all).toMatch(/is not the bundle that .* was written for/);
    await writeFile(bundle(), sealed!);
  });
});

describe("open, elsewhere and with the bundle alone", () => {
  it("says which key does not open it", async () => {
    const other = join(folder, "other.txt");
    await writeFile(other, `${await generateIdentity()}\n`);
    const { exitCode, all } = await open("--identity", other);
    expect([exitCode, all]).toEqual([1, expect.stringMatching(/the bundle does not open: .*; fix: the key of one of/)]);
  });

  it("makes settings with which the recovery's program goes on: clouds' credentials alone are missing", async () => {
    const { exitCode, all } = await open();
    expect([exitCode, all]).toEqual([0, expect.stringMatching(/generation 2 restores generation 1, as sealed at 20/)]);
    expect(all).toMatch(/still missing:\n {2}hcloud:token: .*\n {2}cloudflare:apiToken: .*\n {2}aws credentials: /);

    const made = await settingsOf("elsewhere", "recovery");
    expect(problemsWith("recovery", made)).toEqual([]);
    const [theirs, ours] = [await settingsOf("site", "primary"), made];
    const shared = Object.keys(theirs).filter((name) => /^smarteros:(?!credentials$|site)/.test(name));
    expect(shared.length).toBeGreaterThan(5);
    for (const name of shared) expect([name, ours[name]]).toEqual([name, theirs[name]]);
    expect(ours["smarteros:vaultToken"]).toBe(vaultEscrow.token);
    expect(JSON.parse(String(ours["smarteros:vaultUnsealShares"]))).toEqual(vaultEscrow.unsealShares);
    expect(Object.keys(ours).filter((name) => /hcloud|cloudflare/.test(name))).toEqual([]);
    const yaml = await readFile(join(folder, "elsewhere", "Pulumi.recovery.yaml"), "utf8");
    const site = (parse(yaml) as { config: Record<string, Record<string, unknown>> }).config["smarteros:site"]!;
    expect(site).toMatchObject({ generation: 2, restoreFrom: 1, host: { kind: "hetzner" } });
    expect(yaml).not.toContain(vaultEscrow.token);
  });

  it("changes nothing when it is run again", async () => {
    const before = await settingsOf("elsewhere", "recovery");
    expect((await open()).exitCode).toBe(0);
    expect(await settingsOf("elsewhere", "recovery")).toEqual(before);
  });

  it("replaces what somebody set otherwise only by --force", async () => {
    const set = ["config", "set", "--stack", "recovery", "--secret", "smarteros:filesCipher"];
    await pulumi("elsewhere", set, "another cipher of long enough");
    const refused = await open("--generation", "3");
    expect([refused.exitCode, refused.all]).toEqual([
      1,
      expect.stringMatching(/has other values of smarteros:site, smarteros:filesCipher; nothing was changed; fix/),
    ]);
    expect((await open("--generation", "3", "--force")).exitCode).toBe(0);
    const made = await settingsOf("elsewhere", "recovery");
    expect(problemsWith("recovery", made)).toEqual([]);
    expect(JSON.parse(String(made["smarteros:site"]))).toMatchObject({ generation: 3, restoreFrom: 1 });
  });

  it("takes the server and the host key of a recovery that was prepared", async () => {
    const site = filledSettings("recovery");
    (site["smarteros:site"] as Record<string, unknown>)["host"] = { kind: "hetzner", volume: "80 GiB" };
    const hostKey = String(site["smarteros:recoveryHostKey"]);
    const prepared = stringify({ config: { "smarteros:site": site["smarteros:site"] } });
    await writeFile(join(folder, "site", "Pulumi.recovery.yaml"), prepared);
    await pulumi("site", ["stack", "init", "recovery"]);
    await pulumi("site", ["config", "set", "--stack", "recovery", "--secret", "smarteros:recoveryHostKey"], hostKey);
    expect((await seal("--recovery", "recovery")).exitCode).toBe(0);
    expect((await check("--identity", key)).all).toMatch(/: fresh$/);
    await open("--force");
    const made = await settingsOf("elsewhere", "recovery");
    expect(made["smarteros:recoveryHostKey"]).toBe(hostKey.trimEnd());
    expect(JSON.parse(String(made["smarteros:site"]))).toMatchObject({ host: { volume: "80 GiB" } });
    expect(problemsWith("recovery", made)).toEqual([]);
  });

  it("refuses a generation that the site had already", async () => {
    expect((await open("--generation", "1")).all).toMatch(/generation: received 1; allowed: a whole number above 1/);
  });
});
