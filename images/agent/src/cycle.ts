import { generationLayout, manifestKey } from "../../../contracts/generation";
import { type Manifest, type ManifestBody, signManifest } from "../../../contracts/manifest";
import { command } from "./command";
import { FileSets, type SetEntry } from "./file-sets";
import type { Log } from "./log";
import { dueBackup, Pgbackrest } from "./pgbackrest";
import { clusterFacts, createRestorePoint, type RestorePoint, waitUntilArchived, withPostgres } from "./postgres";
import { Restic } from "./restic";
import type { Settings } from "./settings";
import { Store } from "./store";
import { VaultClient } from "./vault-client";

/** Seconds in which the restore point's WAL segment must be in the store. */
const archiveSeconds = 60;

/** The backup agent of one generation: what `run` repeats and `cycle` does once. */
export class Backups {
  private constructor(
    private readonly settings: Settings,
    private readonly pgbackrest: Pgbackrest,
    private readonly restic: Restic,
    private readonly fileSets: FileSets,
    private readonly vault: VaultClient | undefined,
    private readonly store: Store,
    private readonly software: Record<string, string>,
    private readonly log: Log,
    private readonly signal: AbortSignal,
  ) {}

  static async open(settings: Settings, log: Log, signal: AbortSignal): Promise<Backups> {
    const { config, secrets, runDir, cacheDir, spoolDir } = settings;
    const { s3, generation, stanza } = config;
    const pgbackrest = await Pgbackrest.configure(runDir, {
      s3,
      generation,
      stanza,
      dataDir: config.postgres.dataDir,
      socketDir: config.postgres.socketDir,
      credentials: secrets,
      cipher: secrets.postgresCipher,
      use: "write",
      lockDir: runDir,
      spoolDir,
    });
    const restic = await Restic.configure({
      s3,
      generation,
      keys: secrets,
      password: secrets.filesCipher,
      cacheDir,
      runDir,
      log,
    });
    const vault = config.vault && new VaultClient(config.vault.address, secrets.vaultToken);
    const store = new Store(s3, secrets);
    return new Backups(
      settings,
      pgbackrest,
      restic,
      new FileSets(restic),
      vault,
      store,
      await toolVersions(),
      log,
      signal,
    );
  }

  /** Makes the repositories that are missing. Takes no harm from being done again. */
  async initialise(): Promise<void> {
    await Promise.all([this.pgbackrest.createStanza(this.signal), this.restic.ensureRepository(this.signal)]);
    this.log.info("repositories-ready", { prefix: generationLayout(this.settings.config.generation).prefix });
  }

  /** Backs up the cluster's files if that is due. */
  async backUpCluster(): Promise<void> {
    const type = dueBackup(await this.pgbackrest.backups(this.signal), Date.now() / 1000, this.settings.config);
    if (type === undefined) return;
    this.log.info("base-backup-started", { type });
    await this.pgbackrest.backup(type, this.log, this.signal);
    this.log.info("base-backup-finished", { type });
  }

  /**
   * One cycle: restore point, its WAL in the store, file sets and Vault, manifest. In this order, so that every file which
   * a row at the restore point names is in its file set. Nothing names what a failed cycle left behind.
   * @throws when any part failed, naming each that did
   */
  async cycle(): Promise<Manifest> {
    const { config, secrets } = this.settings;
    const startedAt = new Date();
    const base = (await this.pgbackrest.backups(this.signal)).at(-1);
    if (!base) throw new Error("there is no base backup yet: a restore point would have nothing to build on");
    const { point, facts } = await this.restorePoint(`smarteros-${startedAt.toISOString()}`);
    const files = await this.backUpFiles();
    const manifest = signManifest(
      {
        version: 1,
        generation: config.generation,
        consistentAt: point.at.toISOString(),
        finishedAt: new Date().toISOString(),
        postgres: {
          stanza: config.stanza,
          backupLabel: base.label,
          restorePoint: point.name,
          lsn: point.lsn,
          walFile: point.walFile,
          majorVersion: facts.majorVersion,
          databaseBytes: facts.databaseBytes,
        },
        files,
        software: { ...this.software, postgresql: facts.version },
      } satisfies ManifestBody,
      { postgres: secrets.postgresCipher, files: secrets.filesCipher },
    );
    const key = manifestKey(config.generation, startedAt.toISOString());
    await this.store.putJson(key, manifest);
    this.log.info("cycle-finished", { manifest: key, seconds: (Date.now() - startedAt.getTime()) / 1000 });
    return manifest;
  }

  close(): void {
    this.store.close();
  }

  private async restorePoint(name: string) {
    return withPostgres(this.settings.config.postgres.socketDir, async (client) => {
      const point: RestorePoint = await createRestorePoint(client, name);
      const facts = await clusterFacts(client);
      await waitUntilArchived(client, point.lastWalFile, archiveSeconds, this.signal);
      return { point, facts };
    });
  }

  private async backUpFiles(): Promise<Record<string, SetEntry>> {
    const { config, runDir } = this.settings;
    const { vault } = this;
    const parts = config.fileSets.map((set) => ({ name: set.name, entry: this.fileSets.folder(set, this.signal) }));
    if (vault) parts.push({ name: "vault", entry: this.fileSets.vault(vault, runDir, this.signal) });
    const results = await Promise.allSettled(parts.map(({ entry }) => entry));
    const failures = results.flatMap((result, i) =>
      result.status === "rejected" ? [new Error(`file set ${parts[i]!.name}`, { cause: result.reason })] : [],
    );
    if (failures.length > 0) throw new AggregateError(failures);
    return Object.fromEntries(
      results.flatMap((result, i) => (result.status === "fulfilled" ? [[parts[i]!.name, result.value]] : [])),
    );
  }
}

async function toolVersions(): Promise<Record<string, string>> {
  const [pgbackrest, restic] = await Promise.all([command("pgbackrest", ["version"]), command("restic", ["version"])]);
  return {
    pgbackrest: pgbackrest.replace("pgBackRest ", ""),
    restic: restic.split(" ")[1] ?? restic,
    node: process.version,
  };
}
