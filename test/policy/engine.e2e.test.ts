import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSecrets, stackSettings } from "../../drill/settings";
import { imageNames } from "../../stacks/config";
import { repoRoot } from "../../toolchain/paths";
import { createStack } from "./project";

type Stack = Awaited<ReturnType<typeof createStack>>;

/** Runs something on a stack that is made for it. */
async function on<T>(args: Parameters<typeof createStack>[0], use: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await createStack(args);
  try {
    return await use(stack);
  } finally {
    await stack.remove();
  }
}

describe("the pack on the real engine", () => {
  it("lists what a broken program breaks, each with its level", async () => {
    const report = await on(
      { stack: "dev", program: "broken", secrets: { "smarteros:filesCipher": "correct horse battery" } },
      (s) => s.check(),
    );
    expect(report.verdict).toBe("violations");
    expect(report.errors).toEqual([]);
    expect(report.messages.filter((m) => m.level === "mandatory").map((m) => `${m.policy}: ${m.message}`)).toEqual([
      'secrets-clear-inputs: command.local.Command login, environment.WHO: received "a secret of the configuration"; allowed: secrets marked as such; fix: wrap it in pulumi.secret, or take it from config.requireSecret',
      'secrets-command-logging: command.local.Command login, logging: received nothing; allowed: "none"; fix: set logging: "none"',
    ]);
    expect(report.messages.filter((m) => m.level === "advisory").map((m) => m.message)).toContain(
      "secrets-command-line: known only at update, and judged then, before the resource is touched: command.local.Command later (create)",
    );
  });

  it("judges at update what the preview could not know, before the resource is touched", async () => {
    await on({ stack: "dev", program: "unknown" }, async (stack) => {
      expect((await stack.check()).verdict).toBe("clean");
      const { exitCode, output } = await stack.pulumi([
        "up",
        "--yes",
        "--skip-preview",
        "--policy-pack",
        join(repoRoot(), "policy"),
      ]);
      expect(exitCode).not.toBe(0);
      expect(output).toContain(
        'command.local.Command second, create: received "an AWS access key id"; allowed: nothing secret; fix: pass it by stdin',
      );
      expect(existsSync(join(stack.dir, "made.txt"))).toBe(false);
    });
  });

  it("says that a program which fails could not be checked", async () => {
    const report = await on({ stack: "recovery", program: "site" }, (s) => s.check());
    expect(report.verdict).toBe("unchecked");
    expect(report.errors.join("\n")).toContain("smarteros:site: missing");
  });
});

describe("both stacks as they are", () => {
  let folder: string;
  const secrets = newSecrets();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "policy-key-"));
    await writeFile(join(folder, "key"), secrets.operator.privateKey, { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(["primary", "recovery"] as const)("violate nothing: %s", async (stack) => {
    const images = Object.fromEntries(
      imageNames.map((name) => [name, `registry.test/${name}:1@sha256:${"a".repeat(64)}`]),
    );
    const cloud = {
      images,
      pki: { caPem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" },
    } as unknown as Parameters<typeof stackSettings>[1]["cloud"];
    const settings = stackSettings(stack, { cloud, secrets, privateKeyFile: join(folder, "key") });
    const escrow = {
      "smarteros:vaultUnsealShares": JSON.stringify(["x".repeat(24)]),
      "smarteros:vaultToken": ["hvs.", "CAESIJ0123456789abcdefghij"].join(""),
    };
    const report = await on(
      {
        stack,
        program: "site",
        plain: settings.plain,
        secrets: { ...settings.secrets, ...(stack === "recovery" ? escrow : {}) },
      },
      (s) => s.check(),
    );
    expect(report.errors).toEqual([]);
    expect(report.messages.filter((m) => m.level === "mandatory").map((m) => m.message)).toEqual([]);
    expect(report.verdict).toBe("clean");
  });
});
