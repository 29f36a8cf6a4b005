import { often, succeeds } from "./attempts";
import { Backups } from "./cycle";
import type { Log } from "./log";
import type { Settings } from "./settings";
import { archiveFacts } from "./status/archive";
import { DiskForecast } from "./status/disk-forecast";
import { serveStatus } from "./status/serve";
import type { Status } from "./status/status";
import { type Bell, ticks } from "./ticks";

/** Seconds between two looks at PostgreSQL's archiver and disk. */
const archiveLookSeconds = 10;

/**
 * Backs up until the signal: repositories and the first base backup if there is none, then a cycle every `cycleSeconds`, and Vault when it changes. What
 * fails is logged with its cause and tried again at the next tick; the newest restorable point then grows old, and `/health` says so.
 * Base backups are made beside the cycles: a large one must not hold up the restore points.
 * @param bell asks for a cycle that begins now
 */
export async function run(settings: Settings, log: Log, signal: AbortSignal, bell: Bell): Promise<void> {
  const { config } = settings;
  const backups = await Backups.open(settings, log, signal);
  const known: Pick<Status, "phase" | "archive"> = {
    phase: { state: "initialising", since: new Date() },
    archive: undefined,
  };
  const server = await serveStatus(config.status, () => ({
    ...known,
    now: new Date(),
    config,
    newest: backups.newest,
  }));
  try {
    await Promise.all([work(), watchArchive()]);
  } finally {
    server.close();
    backups.close();
  }
  log.info("stopped");

  async function work(): Promise<void> {
    for await (const _ of ticks(config.cycleSeconds, signal)) {
      const begin = () => backups.initialise().then(() => backups.ensureBaseBackup());
      if (await succeeds("initialise", begin, log, signal)) break;
    }
    await Promise.all([cycles(), backups.watchVault()]);
  }

  async function cycles(): Promise<void> {
    let baseBackup: Promise<unknown> | undefined;
    for await (const _ of ticks(config.cycleSeconds, signal, bell)) {
      baseBackup ??= succeeds("base-backup", () => backups.backUpCluster(), log, signal).finally(
        () => (baseBackup = undefined),
      );
      if (await succeeds("cycle", () => backups.cycle(), log, signal))
        known.phase = { state: "cycling", lastFinishedAt: new Date() };
    }
    await baseBackup;
  }

  async function watchArchive(): Promise<void> {
    const forecast = new DiskForecast();
    const attempt = often("archive-watch", log, signal);
    for await (const _ of ticks(archiveLookSeconds, signal)) {
      await attempt(async () => {
        const facts = await archiveFacts(config.postgres).catch((error: unknown) => {
          known.archive = undefined;
          throw error;
        });
        known.archive = { ...facts, diskFullSeconds: forecast.add(Date.now(), facts) };
      });
    }
  }
}
