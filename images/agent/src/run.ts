import { setTimeout as delay } from "node:timers/promises";
import { Backups } from "./cycle";
import { writeHeartbeat } from "./heartbeat";
import type { Log } from "./log";
import type { Settings } from "./settings";

/**
 * Backs up until the signal: repositories and the first base backup, then a cycle every `cycleSeconds`. What fails is
 * logged with its cause and tried again at the next tick; the heartbeat then grows old, and `agent health` says so.
 * Base backups are made beside the cycles: a large one must not hold up the restore points.
 */
export async function run(settings: Settings, log: Log, signal: AbortSignal): Promise<void> {
  const { runDir, config } = settings;
  await writeHeartbeat(runDir, { state: "initialising", since: new Date().toISOString() });
  const backups = await Backups.open(settings, log, signal);

  for await (const _ of ticks(config.cycleSeconds, signal)) {
    if (await succeeds("initialise", () => backups.initialise().then(() => backups.backUpCluster()), log, signal))
      break;
  }
  let baseBackup: Promise<unknown> | undefined;
  for await (const _ of ticks(config.cycleSeconds, signal)) {
    baseBackup ??= succeeds("base-backup", () => backups.backUpCluster(), log, signal).finally(
      () => (baseBackup = undefined),
    );
    if (await succeeds("cycle", () => backups.cycle(), log, signal)) {
      const lastFinishedAt = new Date().toISOString();
      await writeHeartbeat(runDir, { state: "cycling", lastFinishedAt, cycleSeconds: config.cycleSeconds });
    }
  }
  await baseBackup;
  backups.close();
  log.info("stopped");
}

async function succeeds(what: string, work: () => Promise<unknown>, log: Log, signal: AbortSignal): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (signal.aborted) log.info(`${what}-stopped`);
    else log.error(`${what}-failed`, error);
    return false;
  }
}

/** Now, and then every so many seconds from start to start; a tick that comes late is not made up for. Ends by the signal. */
async function* ticks(everySeconds: number, signal: AbortSignal): AsyncGenerator<void> {
  while (!signal.aborted) {
    const next = Date.now() + everySeconds * 1000;
    yield;
    await delay(Math.max(0, next - Date.now()), undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
