import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inputSchema, type SchemaNode } from "../../stacks/config-problems";
import { modeSchema, recoverySchema, siteSchema } from "../../stacks/config-schema";
import { properties, withTable } from "../../stacks/config-table";
import { secretsSchema } from "../../stacks/secrets/schema";
import { repoRoot } from "../../toolchain/paths";

it("is in docs/configuration.md as the schemas say it", async () => {
  const file = join(repoRoot(), "docs", "configuration.md");
  await expect(withTable(readFileSync(file, "utf8"))).toMatchFileSnapshot(file);
});

it("says of each property what is allowed", () => {
  expect(properties().filter((p) => p.allowed === "")).toEqual([]);
});

/** Names that neither have a row nor are named in their parent's. */
function unsaid(node: SchemaNode): string[] {
  const here = Object.entries(node.properties ?? {}).flatMap(([name, child]) =>
    child.description === undefined && child.const === undefined && !node.description?.includes(name)
      ? [name]
      : unsaid(child),
  );
  return [...here, ...(node.oneOf ?? []).flatMap(unsaid), ...(node.items ? unsaid(node.items) : [])];
}

it("leaves no property out", () => {
  expect([siteSchema, modeSchema, secretsSchema, recoverySchema].flatMap((schema) => unsaid(inputSchema(schema)))).toEqual([]);
});
