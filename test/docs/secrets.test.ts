import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { repoRoot } from "../../toolchain/paths";

/** Every page that tells a person what to type. */
async function pages(): Promise<string[]> {
  const docs = await readdir(join(repoRoot(), "docs"), { recursive: true });
  return ["README.md", ...docs.filter((file) => file.endsWith(".md")).map((file) => join("docs", file))];
}

/**
 * Commands that put a secret's value on a command line, where every process of the machine and the shell's history see it. `pulumi config set
 * --secret KEY` without one asks for it, or reads stdin.
 */
const withValue = (text: string): string[] => [
  ...[...text.matchAll(/config set (?:--\S+ )*--secret [\w:.-]+(?<after> [^\s`]+)?/g)]
    .filter(({ groups }) => !/^ (--|#|\(|<|$)/.test(groups?.["after"] ?? " #"))
    .map(([command]) => command),
  ...[
    ...text.matchAll(/\b(PGPASSWORD|RESTIC_PASSWORD|PULUMI_CONFIG_PASSPHRASE|\w*TOKEN|\w*SECRET\w*)=['"]?\w\S*/g),
  ].map(([command]) => command),
];

it("no page tells anybody to put a secret on a command line", async () => {
  const found = await Promise.all(
    (await pages()).map(async (file) =>
      withValue(await readFile(join(repoRoot(), file), "utf8")).map((c) => `${file}: ${c}`),
    ),
  );
  expect(found.flat()).toEqual([]);
});

it("is told of one that does", () => {
  expect(
    withValue(`pulumi config set --secret smarteros:databasePasswords '{"odoo": "..."}' --stack recovery`),
  ).toHaveLength(1);
  expect(withValue("`pulumi config set --secret smarteros:vaultToken`, then --stack recovery")).toEqual([]);
  expect(withValue("pulumi config set --secret smarteros:vaultToken --stack primary    # from the escrow")).toEqual([]);
  expect(withValue("export PGPASSWORD=hunter2")).toHaveLength(1);
});
