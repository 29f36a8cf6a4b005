import { generationLayout } from "../../../contracts/generation";
import type { Manifest, ManifestBody } from "../../../contracts/manifest";
import { BaseBackups } from "./base-backups";
import { command } from "./command";
import { FileSets } from "./file-sets";
import { lineageOf } from "./lineage";
import type { Log } from "./log";
import { Manifests, type SetEntry } from "./manifests";
import { Pgbackrest } from "./pgbackrest";
import { clusterFacts, createRestorePoint, type RestorePoint, waitUntilArchived, withPostgres } from "./postgres";
import { RansomwareWatcher } from "./ransomware/watch";
import { Restic } from "./restic";
import type { Settings } from "./settings";
import { Store } from "./store";
import { VaultClient } from "./vault-client";
import { VaultSet } from "./vault-set";
import { watchVault } from "./vault-watch";
import { Growth, Usual } from "./volume";

/** Seconds in which the restore point's WAL segment must be in the store. */
const archiveSeconds = 60;

interface Parts {
  readonly settings: Settings;
  readonly pgbackrest: Pgbackrest;
  readonly restic: Restic;
  readonly baseBackups: BaseBackups;
  readonly fileSets: FileSets;
  /** Undefined when the configuration sets no limits. */
  readonly watcher: RansomwareWatcher | undefined;
  readonly vault: { readonly client: VaultClient; readonly set: VaultSet } | undefined;
  readonly manifests: Manifests;
  readonly store: Store;
  readonly software: Record<string, string>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The backup agent of one generation: what `run` repeats and `cycle` does once. */
export class Backups {
  private readonly wal = new Growth();
  private readonly usual = { wal: new Usual(), added: new Usual() };

  private constructor(private readonly parts: Parts) {}

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
    const lineage = () => withPostgres(config.postgres.socketDir, lineageOf);
    const store = new Store(s3, secrets);
    const client = config.vault && new VaultClient(config.vault.address, secrets.vaultToken);
    const limits = config.ransomware;
    const watcher = limits && (await RansomwareWatcher.open({ generation, limits, store, stateDir: cacheDir, log }));
    const passwords = { postgres: secrets.postgresCipher, files: secrets.filesCipher };
    return new Backups({
      settings,
      pgbackrest,
      restic,
      baseBackups: new BaseBackups({ pgbackrest, lineage, every: config, stateDir: cacheDir, log, signal }),
      fileSets: new FileSets(restic, watcher),
      watcher,
      vault: client && { client, set: new VaultSet(client, store, generation, runDir) },
      manifests: await Manifests.open({ generation, passwords, store, stateDir: cacheDir, log }),
      store,
      software: await toolVersions(),
      log,
      signal,
    });
  }

  /** What a recovery would restore now; of an earlier process too. */
  get newest(): ManifestBody | undefined {
    return this.parts.manifests.body;
  }

  /** Makes the repositories that are missing. Takes no harm from being done again. */
  async initialise(): Promise<void> {
    const { pgbackrest, restic, settings, log, signal } = this.parts;
    await Promise.all([pgbackrest.createStanza(signal), restic.ensureRepository(signal)]);
    log.info("repositories-ready", { prefix: generationLayout(settings.config.generation).prefix });
  }

  /** Makes the first base backup of the generation: no cycle can do without. */
  async ensureBaseBackup(): Promise<void> {
    if (!(await this.parts.baseBackups.newest())) await this.backUpCluster();
  }

  /** Backs up the cluster's files if that is due. */
  backUpCluster(): Promise<void> {
    return this.parts.baseBackups.backUpIfDue();
  }

  /**
   * One cycle: restore point, its WAL in the store, file sets and Vault, manifest. In this order, so that every file which
   * a row at the restore point names is in its file set. Nothing names what a failed cycle left behind.
   * @throws when any part failed, naming each that did
   */
  async cycle(): Promise<Manifest> {
    const { settings, baseBackups, manifests, watcher, software, log } = this.parts;
    const { config } = settings;
    const startedAt = new Date();
    const base = await baseBackups.newest();
    if (!base) throw new Error("there is no base backup yet: a restore point would have nothing to build on");
    const { point, facts } = await this.restorePoint(`smarteros-${startedAt.toISOString()}`);
    const consistentAt = point.at.toISOString();
    const { files, addedBytes } = await this.backUpFiles(consistentAt);
    await watcher?.holdIfSuspicious(startedAt.toISOString());
    const walBytes = this.wal.add(facts.walBytes);
    const { key, manifest } = await manifests.cycle(startedAt.toISOString(), {
      version: 1,
      generation: config.generation,
      consistentAt,
      finishedAt: new Date().toISOString(),
      postgres: {
        stanza: config.stanza,
        backupLabel: base.label,
        walStart: base.walStart,
        restorePoint: point.name,
        lsn: point.lsn,
        walFile: point.walFile,
        majorVersion: facts.majorVersion,
        databaseBytes: facts.databaseBytes,
      },
      files,
      volumes: {
        ...(walBytes === undefined ? {} : { wal: this.usual.wal.add(walBytes) }),
        added: this.usual.added.add(addedBytes),
      },
      software: { ...software, postgresql: facts.version },
    });
    await watcher?.commit();
    log.info("cycle-finished", { manifest: key, seconds: (Date.now() - startedAt.getTime()) / 1000 });
    return manifest;
  }

  /** Keeps Vault's changes between two cycles, until the signal. */
  async watchVault(): Promise<void> {
    const { vault, manifests, log, signal } = this.parts;
    if (vault) await watchVault({ vault: vault.client, set: vault.set, manifests }, log, signal);
  }

  close(): void {
    this.parts.store.close();
  }

  private restorePoint(name: string) {
    const { settings, signal } = this.parts;
    return withPostgres(settings.config.postgres.socketDir, async (client) => {
      const point: RestorePoint = await createRestorePoint(client, name);
      const facts = await clusterFacts(client);
      await waitUntilArchived(client, point.lastWalFile, archiveSeconds, signal);
      return { point, facts };
    });
  }

  private async backUpFiles(consistentAt: string): Promise<{ files: Record<string, SetEntry>; addedBytes: number }> {
    const { settings, fileSets, vault, signal } = this.parts;
    const [sets, vaultSet] = await Promise.allSettled([
      named("file sets", fileSets.save(settings.config.fileSets, consistentAt, signal)),
      vault ? named("vault", vault.set.save()) : undefined,
    ]);
    if (sets.status === "rejected" || vaultSet.status === "rejected")
      throw new AggregateError([sets, vaultSet].flatMap((r) => (r.status === "rejected" ? [r.reason] : [])));
    const { entries, addedBytes } = sets.value;
    return { files: { ...entries, ...(vaultSet.value ? { vault: vaultSet.value } : {}) }, addedBytes };
  }
}

/** A failure says of what it is. */
async function named<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    throw new Error(what, { cause });
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
