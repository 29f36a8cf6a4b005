import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { GateResult } from "../../../../contracts/gate";
import type { RecoverSpec } from "../../../../contracts/recover";
import { judgeAll } from "../gate/gate";
import type { Log } from "../log";
import { Restic } from "../restic";
import { restore } from "../restore/restore";
import { writeSourceConf } from "../restore/source-conf";
import type { Places } from "../settings";
import { clusterChecks, dataSpec } from "./checks";
import { bringMissing } from "./missing";
import { PrivateServer } from "./server";

/** Seconds for all checks of a cluster; amcheck reads every page. */
const checkSeconds = 3600;

export interface RecoverPlaces extends Places {
  /** The private server's own, readable by nobody else. */
  readonly serverDir: string;
  readonly entrypoint: string;
}

/**
 * A cluster for the place of a damaged one: restored into its own folder, replayed to the target and checked by a server that nobody else
 * reaches, and shut down, so that it only has to be started. Killed at any moment it can be run again.
 */
export async function recover(spec: RecoverSpec, places: RecoverPlaces, log: Log): Promise<GateResult> {
  const { serverDir, entrypoint } = places;
  const { restoreId, postgres } = spec.restore;
  const sourceConf = await writeSourceConf(spec.restore, postgres.dataDir, serverDir);
  await restore(spec.restore, { ...places, sourceConf }, log);
  const server = await PrivateServer.start({ dataDir: postgres.dataDir, restoreId, serverDir, entrypoint, log });
  try {
    await withRestic(spec, places, log, (restic) => bringMissing(spec, dataSpec(spec, server.socketDir), restic, log));
    return await judgeAll(clusterChecks(spec, server.socketDir), checkSeconds, log);
  } finally {
    await server.stop();
  }
}

/** The same cluster, opened to be looked at until the signal: by its socket, for reading. */
export async function preview(spec: RecoverSpec, places: RecoverPlaces, log: Log, signal: AbortSignal): Promise<void> {
  const { serverDir, entrypoint } = places;
  const { restoreId, postgres } = spec.restore;
  const sourceConf = await writeSourceConf(spec.restore, postgres.dataDir, serverDir);
  await restore(spec.restore, { ...places, sourceConf }, log);
  const server = await PrivateServer.start({
    dataDir: postgres.dataDir,
    restoreId,
    serverDir,
    entrypoint,
    readOnly: true,
    log,
  });
  log.info("preview-ready", { socketDir: server.socketDir });
  if (!signal.aborted) await once(signal, "abort");
  await server.stop();
}

async function withRestic<T>(
  { restore }: RecoverSpec,
  { runDir, cacheDir }: Places,
  log: Log,
  use: (restic: Restic) => Promise<T>,
): Promise<T> {
  await mkdir(cacheDir, { recursive: true, mode: 0o700 });
  const own = await mkdtemp(join(cacheDir, "recover-"));
  const { s3, sourceGeneration: generation, secrets } = restore;
  try {
    return await use(
      await Restic.configure({
        s3,
        generation,
        keys: secrets,
        password: secrets.filesCipher,
        cacheDir: own,
        runDir,
        log,
      }),
    );
  } finally {
    await rm(own, { recursive: true });
  }
}
