import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../../components/host/scripts";
import { drillFolder, prepareGround, raisePrimary } from "../../drill/ground";
import { addresses } from "../../local-cloud/addresses";
import type { Language } from "../language";
import { Timeline } from "../../drill/timeline";
import { tell } from "../../drill/timeline-words";

/** Seconds in which the first backup cycle must have finished. */
const backupDeadline = 300;

/**
 * Raises a primary on the local cloud, lets it make a backup, and destroys it: for an operator who wants to recover it.
 * @returns a file whose variables point `smarter` at it
 */
export async function loseAPrimary(signal: AbortSignal, lang: Language): Promise<string> {
  const timeline = new Timeline({ lang });
  timeline.phase("setup", tell("cloudUp"));
  const ground = await prepareGround({ timeline, signal });
  timeline.phase("primary", tell("primaryUp", addresses.hostinger));
  const primary = await raisePrimary(ground, { timeline, signal });
  try {
    timeline.phase("seed", tell("seeding"));
    await primary.seed({ sizeBytes: 0 });
    timeline.phase("backup", tell("backup"));
    await primary.backups.cycleSince(Date.now(), { generation: 1, seconds: backupDeadline, signal });
  } finally {
    primary.backups.close();
  }
  timeline.phase("loss", tell("destroyed", addresses.hostinger));
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
