import { lstat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { S3Location } from "../../../contracts/agent";
import { type Generation, generationLayout } from "../../../contracts/generation";
import { folderInSnapshot } from "../../../contracts/manifest";
import { resticRepository } from "../../../contracts/restic";
import { command, type CommandOptions, GivenUp } from "./command";
import { neverData } from "./fingerprint";
import { type Log, messageOf } from "./log";
import { type Node, node } from "./restore/tree";
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

const summarySchema = z.object({
  message_type: z.literal("summary"),
  snapshot_id: z.string(),
  /** Bytes that the repository did not have, before compression. */
  data_added: z.number(),
});

/** restic asks the store for a directory that its cache lacks, is refused, and would try again for a quarter of an hour. */
const unreadableDirectory = /^Load\(<data\/.*returned error/;

/** A path as restic's patterns (Go's filepath.Match) read it, with nothing special in it. */
const literally = (path: string): string => path.replaceAll(/[*?[\]\\]/g, "\\$&");

/** The restic repository of one generation. Secrets go by the environment. */
export class Restic {
  private cacheIsLost = false;
  /** What restic printed, by snapshot. */
  private readonly lists = new Map<string, Promise<string>>();

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
      RESTIC_REPOSITORY: resticRepository(s3, args.generation),
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
   * Backs up folders of one parent as one snapshot: themselves (owner, mode) and their content.
   *
   * restic compares with the snapshot before of the same folders, whose directories it reads from its cache: the store does not let a
   * writer read them. When the cache is lost, every file is read again instead (what the store has is still not sent
   * again: the index says so, which a writer may read). That lasts for the generation, since directories that have not
   * changed are not written anew and so never get into the new cache.
   * @returns the snapshot's long id, and how much the repository did not have
   * @throws also when a single file could not be read
   */
  async backup(folders: readonly string[], signal?: AbortSignal): Promise<{ snapshot: string; addedBytes: number }> {
    const [parent, ...others] = new Set(folders.map((folder) => dirname(folder)));
    if (parent === undefined || others.length > 0)
      throw new Error(`file sets: received ${folders.join(", ")}; allowed: folders of one parent`);
    const excludes = neverData.flatMap((pattern) => ["--exclude", pattern]);
    const args = ["--json", "--host", "smarteros", ...excludes, ...folders.map((folder) => basename(folder))];
    const output = await this.compareOrRead(args, { cwd: parent, signal });
    const summary = summarySchema.parse(JSON.parse(output.trim().split("\n").at(-1) ?? ""));
    return { snapshot: await this.longId(summary.snapshot_id), addedBytes: summary.data_added };
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
   * Restores one folder of a snapshot that `backup` made, into another. Takes no lock: the reader cannot write one.
   * @param paths below that folder: only these, as far as the snapshot has them @default all of it
   * @returns the path of the folder that was backed up
   */
  async restoreInto(reference: string, parent: string, paths?: readonly string[]): Promise<string> {
    const { snapshot, folder } = folderInSnapshot(reference);
    const wanted = paths?.map((path) => `${folder}/${literally(path)}`) ?? [folder];
    const includes = wanted.flatMap((path) => ["--include", path]);
    await this.run(["restore", snapshot, "--no-lock", ...includes, "--target", parent]);
    const restored = join(parent, folder);
    if (paths) return restored;
    await lstat(restored).catch((cause: unknown) => {
      throw new Error(`snapshot ${snapshot} holds no ${folder}`, { cause });
    });
    return restored;
  }

  /** All that a folder of a snapshot holds, itself included; of each snapshot it is asked once. Takes no lock. */
  async list(reference: string): Promise<Node[]> {
    const { snapshot, folder } = folderInSnapshot(reference);
    const known = this.lists.get(snapshot) ?? this.run(["ls", snapshot, "--no-lock", "--json"]);
    this.lists.set(snapshot, known);
    const lines = (await known).split("\n").filter((line) => line.includes('"struct_type":"node"'));
    const nodes = lines.map((line) => node.parse(JSON.parse(line)));
    return nodes.filter(({ path }) => path === folder || path.startsWith(`${folder}/`));
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
