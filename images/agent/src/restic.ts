import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { S3Location } from "../../../contracts/agent";
import { type Generation, generationLayout } from "../../../contracts/generation";
import { command, type CommandOptions, GivenUp } from "./command";
import { type Log, messageOf } from "./log";
import { writeSecretFile } from "./secret-file";
import { Store, type StoreKeys } from "./store";

export interface ResticArgs {
  s3: S3Location;
  generation: Generation;
  keys: StoreKeys;
  /** `AgentSecrets.filesCipher`. */
  password: string;
  cacheDir: string;
  runDir: string;
  /** What restic has to say while it works, such as a request that it tries again. */
  log: Log;
}

export interface Snapshot {
  /** The long id. */
  id: string;
  files: number;
  bytes: number;
}

const summarySchema = z.object({
  message_type: z.literal("summary"),
  total_files_processed: z.number(),
  total_bytes_processed: z.number(),
  snapshot_id: z.string(),
});

/** Where markers of restores and the file system's own folder are not data. */
const neverData = [".smarteros-*", "lost+found"];

/** restic asks the store for a directory that its cache lacks, is refused, and would try again for a quarter of an hour. */
const unreadableDirectory = /^Load\(<data\/.*returned error/;

/** The restic repository of one generation. Secrets go by the environment. */
export class Restic {
  private cacheIsLost = false;

  private constructor(
    private readonly args: ResticArgs,
    private readonly env: Record<string, string>,
    private readonly globals: string[],
  ) {}

  static async configure(args: ResticArgs): Promise<Restic> {
    const { s3, keys } = args;
    const caFile = join(args.runDir, "restic", "ca.pem");
    if (s3.caPem !== undefined) await writeSecretFile(caFile, s3.caPem);
    const env = {
      RESTIC_REPOSITORY: `s3:https://${s3.host}:${s3.port}/${s3.bucket}/${generationLayout(args.generation).resticPath}`,
      RESTIC_PASSWORD: args.password,
      RESTIC_CACHE_DIR: args.cacheDir,
      AWS_ACCESS_KEY_ID: keys.s3AccessKey,
      AWS_SECRET_ACCESS_KEY: keys.s3SecretKey,
      AWS_DEFAULT_REGION: s3.region,
    };
    const lookup = s3.uriStyle === "path" ? "path" : "dns";
    return new Restic(args, env, [
      "-o",
      `s3.bucket-lookup=${lookup}`,
      ...(s3.caPem === undefined ? [] : ["--cacert", caFile]),
    ]);
  }

  /** Makes the repository if there is none. @throws when there is one that this password does not open */
  async ensureRepository(signal?: AbortSignal): Promise<void> {
    try {
      await this.run(["cat", "config", "--no-lock"], { signal });
    } catch (error) {
      if (!messageOf(error).includes("Is there a repository at the following location?")) throw error;
      await this.run(["init"], { signal });
    }
  }

  /**
   * Backs up a folder: itself (owner, mode) and its content, under its own name.
   *
   * restic compares with the set's previous snapshot, whose directories it reads from its cache: the store does not let a
   * writer read them. When the cache is lost, every file is read again instead (what the store has is still not sent
   * again: the index says so, which a writer may read). That lasts for the generation, since directories that have not
   * changed are not written anew and so never get into the new cache.
   * @throws also when a single file could not be read
   */
  async backup(folder: string, tag: string, exclude: readonly string[], signal?: AbortSignal): Promise<Snapshot> {
    const excludes = [...neverData, ...exclude].flatMap((pattern) => ["--exclude", pattern]);
    const args = ["--json", "--host", "smarteros", "--tag", tag, ...excludes, basename(folder)];
    const output = await this.compareOrRead(args, { cwd: dirname(folder), signal });
    const summary = summarySchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
    return {
      id: await this.longId(summary.snapshot_id),
      files: summary.total_files_processed,
      bytes: summary.total_bytes_processed,
    };
  }

  private async compareOrRead(args: string[], options: CommandOptions): Promise<string> {
    if (!this.cacheIsLost) {
      try {
        return await this.run(["backup", ...args], { ...options, giveUpOn: unreadableDirectory });
      } catch (error) {
        if (!(error instanceof GivenUp)) throw error;
        this.cacheIsLost = true;
        this.args.log.error("restic-cache-lost", error, {
          consequence: "a set that changed is read whole, until the next generation",
        });
      }
    }
    return this.run(["backup", "--force", ...args], options);
  }

  /**
   * Restores a snapshot that `backup` made, as the only entry of a folder. Takes no lock: the reader cannot write one.
   * @returns the path of the folder that was backed up
   */
  async restoreInto(snapshot: string, parent: string): Promise<string> {
    await this.run(["restore", snapshot, "--no-lock", "--target", parent]);
    const names = await readdir(parent);
    if (names.length !== 1)
      throw new Error(`snapshot ${snapshot} holds ${names.length} entries (${names.join(", ")}); expected: one folder`);
    return join(parent, names[0]!);
  }

  // restic prints the short id; the key in the bucket is the long one.
  private async longId(short: string): Promise<string> {
    const store = new Store(this.args.s3, this.args.keys);
    try {
      return basename(await store.onlyKey(`${generationLayout(this.args.generation).resticPath}/snapshots/${short}`));
    } finally {
      store.close();
    }
  }

  private run([name, ...rest]: string[], options: CommandOptions = {}): Promise<string> {
    return command("restic", [name!, ...this.globals, ...rest], { ...options, env: this.env, progress: this.args.log });
  }
}
