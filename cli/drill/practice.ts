import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../../components/host/scripts";
import { drillFolder, prepareGround, raisePrimary } from "../../drill/ground";
import { drillSite } from "../../drill/settings";
import { Timeline } from "../../drill/timeline";

/** Seconds in which the first backup cycle must have finished. */
const backupDeadline = 300;

/**
 * Raises a primary on the local cloud, lets it make a backup, and destroys it: for an operator who wants to recover it.
 * @returns a file whose variables point `smarter` at it
 */
export async function loseAPrimary(signal: AbortSignal): Promise<string> {
  const timeline = new Timeline();
  timeline.phase("setup", "the local cloud, the engine and the plugins come up");
  const ground = await prepareGround({ timeline, signal });
  timeline.phase("primary", "pulumi up --stack primary");
  const primary = await raisePrimary(ground, { timeline, signal });
  try {
    timeline.phase(
      "seed",
      `tenants and their data are written: ${drillSite.tenants.map(({ name }) => name).join(", ")}`,
    );
    await primary.seed({ sizeBytes: 0 });
    timeline.phase("backup", "the agent finishes a cycle");
    await primary.backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
  } finally {
    primary.backups.close();
  }
  timeline.phase("loss", "the VPS is destroyed");
  await ground.cloud.destroyHostinger();

  const file = join(drillFolder(), "practice");
  const environment = await readFile(ground.stacks.environmentFile("recovery"), "utf8");
  const settings = {
    SMARTER_CONFIG_FILE: ground.stacks.settingsFile("recovery"),
    SMARTER_PRIMARY_CONFIG_FILE: ground.stacks.settingsFile("primary"),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${quote(value)}\n`);
  await writeFile(file, `${environment.trimEnd()}\n${lines.join("")}`, { mode: 0o600 });
  return file;
}
