import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { utils } from "ssh2";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makeShared } from "../../stacks/secrets/make";
import { credentialNames, credentialRecord } from "../../stacks/secrets/record";
import { secretsSchema } from "../../stacks/secrets/schema";
import { ensureToolchain } from "../../toolchain/ensure";
import { repoRoot } from "../../toolchain/paths";

/** The command, on the real engine and the committed examples, in a folder of its own. */
let folder: string;
let engine: string;
let env: Record<string, string>;
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "secrets-init-"));
  await mkdir(join(folder, "state"));
  for (const file of ["Pulumi.yaml", "Pulumi.primary.yaml", "Pulumi.recovery.yaml"])
    await copyFile(join(repoRoot(), file), join(folder, file));
  const toolchain = await ensureToolchain({ want: ["engine"], log: () => undefined });
  engine = toolchain.pulumi;
  const clouds = Object.fromEntries(
    ["HCLOUD_TOKEN", "CLOUDFLARE_API_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"].map(
      (name) => [name, ""],
    ),
  );
  env = {
    ...clouds,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    SMARTEROS_OPERATOR: "ana@laptop",
  };
  for (const stack of ["primary", "recovery"])
    await execa(engine, ["stack", "init", stack, "--non-interactive"], { cwd: folder, env });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function init(...args: string[]) {
  const tsx = join(repoRoot(), "node_modules", "tsx", "dist", "loader.mjs");
  const { exitCode, all } = await execa(
    "node",
    ["--import", tsx, join(repoRoot(), "stacks", "secrets-init.ts"), ...args],
    { cwd: folder, env, all: true, reject: false },
  );
  return { exitCode, all };
}
const settings = (stack: string) => readFile(join(folder, `Pulumi.${stack}.yaml`), "utf8");
const recordOf = async (stack: string) => {
  const args = ["config", "get", "smarteros:credentials", "--stack", stack];
  return credentialRecord.parse(JSON.parse((await execa(engine, args, { cwd: folder, env })).stdout));
};
/** Every secret of a stack in clear. */
async function secretsOf(stack: string): Promise<Record<string, string>> {
  const { stdout } = await execa(engine, ["config", "--json", "--show-secrets", "--stack", stack], {
    cwd: folder,
    env,
  });
  const all = JSON.parse(stdout) as Record<string, { value: string; secret: boolean }>;
  return Object.fromEntries(
    Object.entries(all).flatMap(([key, { value, secret }]) => (secret ? [[key.replace("smarteros:", ""), value]] : [])),
  );
}
const shared = Object.keys(makeShared) as (keyof typeof makeShared)[];
const asRead = (value: string): unknown => (value.startsWith("{") ? JSON.parse(value) : value);

describe("secrets:init", () => {
  it("makes what a new site needs: encrypted, never shown, beside the file's comments", async () => {
    const { exitCode, all } = await init("--stack", "primary");
    expect([exitCode, all]).toEqual([0, expect.stringMatching(/made for primary:\n {2}smarteros:postgresCipher\n/)]);
    expect(all).toMatch(/still missing:\n {2}cloudflare:apiToken: .*\n {2}aws credentials: /);
    const made = await secretsOf("primary");
    expect(Object.keys(made).sort()).toEqual([...shared].sort());
    for (const [name, value] of Object.entries(made)) {
      const { success } = secretsSchema.shape[name as "postgresCipher"].safeParse(asRead(value));
      expect([name, success]).toEqual([name, true]);
      expect(all).not.toContain(value);
      expect(await settings("primary")).not.toContain(value);
    }
    expect(Object.keys(await recordOf("primary")).sort()).toEqual(shared.flatMap((name) => credentialNames(name)).sort());
    expect(await settings("primary")).toContain("# A tag for people, a digest for the machine");
  });

  it("keeps what is set", async () => {
    const before = await secretsOf("primary");
    const { exitCode, all } = await init("--stack", "primary");
    expect([exitCode, all]).toEqual([0, expect.stringContaining("kept as set:")]);
    expect(all).not.toContain("made for");
    expect(await secretsOf("primary")).toEqual(before);
  });

  it("makes no cipher for a site that is restored: only its host key", async () => {
    const { all } = await init("--stack", "recovery");
    expect(all).toMatch(/made for recovery:\n {2}smarteros:recoveryHostKey\n(?! {2})/);
    expect(all).toMatch(/smarteros:postgresCipher: the stack that is restored: --from STACK; or the escrow/);
    expect(all).toMatch(/smarteros:vaultUnsealShares: unsealShares in the escrow/);
    expect(all).toMatch(/hcloud:token: Hetzner/);
    const made = await secretsOf("recovery");
    expect(Object.keys(made)).toEqual(["recoveryHostKey"]);
    expect(utils.parseKey(made["recoveryHostKey"]!)).toMatchObject({ type: "ssh-ed25519" });
  });

  it("copies the primary's to the recovery", async () => {
    const { exitCode, all } = await init("--stack", "recovery", "--from", "primary");
    expect([exitCode, all]).toEqual([0, expect.stringContaining("copied from primary:\n  smarteros:postgresCipher\n")]);
    const { recoveryHostKey, ...copied } = await secretsOf("recovery");
    expect(recoveryHostKey).toContain("OPENSSH PRIVATE KEY");
    expect(copied).toEqual(await secretsOf("primary"));
    const { recoveryHostKey: own, ...since } = await recordOf("recovery");
    expect([own?.by, since]).toEqual(["ana@laptop", await recordOf("primary")]);
  });

  it("says when the two differ, and replaces only by --force", async () => {
    await execa(engine, ["config", "set", "--secret", "smarteros:filesCipher", "--stack", "recovery"], {
      cwd: folder,
      env,
      input: "another cipher of long enough",
    });
    const kept = await init("--stack", "recovery", "--from", "primary");
    expect([kept.exitCode, kept.all]).toEqual([
      1,
      expect.stringMatching(/BUT NOT THE SAME as those of primary.*\n {2}smarteros:filesCipher\n/),
    ]);
    expect((await secretsOf("recovery"))["filesCipher"]).toBe("another cipher of long enough");
    expect((await init("--stack", "recovery", "--from", "primary", "--force")).exitCode).toBe(0);
    expect((await secretsOf("recovery"))["filesCipher"]).toBe((await secretsOf("primary"))["filesCipher"]);
  });

  it("takes another settings file", async () => {
    await copyFile(join(repoRoot(), "Pulumi.primary.yaml"), join(folder, "other.yaml"));
    expect((await init("--stack", "primary", "--config-file", "other.yaml")).exitCode).toBe(0);
    expect((await readFile(join(folder, "other.yaml"), "utf8")).match(/secure:/g)).toHaveLength(shared.length);
  });

  it("makes nothing before it knows the site, which may be one that is restored", async () => {
    await writeFile(join(folder, "empty.yaml"), "config: {}\n");
    expect(await init("--stack", "primary", "--config-file", "empty.yaml")).toEqual({
      exitCode: 1,
      all: expect.stringMatching(/smarteros:site: missing; .*; fix: /),
    });
  });

  it("refuses --force without --from, and a stack that there is not", async () => {
    expect(await init("--stack", "primary", "--force")).toEqual({
      exitCode: 1,
      all: expect.stringMatching(/--force: received without --from; allowed: .*; fix: /),
    });
    expect(await init("--stack", "tertiary")).toEqual({
      exitCode: 1,
      all: expect.stringMatching(/no stack named 'tertiary' found.*; fix: pulumi stack init tertiary/),
    });
  });
});
