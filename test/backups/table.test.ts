import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { backupTable, withBackupTable } from "../../backups/table";
import { plan } from "../../plan/plan";
import { repoRoot } from "../../toolchain/paths";

it("is in docs/backups.md as the plan says it", async () => {
  const file = join(repoRoot(), "docs", "backups.md");
  await expect(withBackupTable(readFileSync(file, "utf8"), plan)).toMatchFileSnapshot(file);
});

it("leaves no service out", () => {
  const table = backupTable(plan);
  for (const { title } of plan.services) expect(table).toContain(`| ${title} |`);
});
