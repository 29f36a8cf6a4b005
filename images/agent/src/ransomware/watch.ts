import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Generation } from "../../../../contracts/generation";
import {
  type DatedChange,
  type Hold,
  holdKey,
  type RansomwareWatch,
  type SetChange,
  suspicionOf,
} from "../../../../contracts/ransomware";
import type { Log } from "../log";
import { Remembered } from "../state";
import type { Store } from "../store";
import { difference, type FileIndex, spread } from "./changes";
import { headBytes, looksEncrypted } from "./content";

/** What is remembered over the agent's end is at most so old: a comparison with an older one shows more, never less. */
const rememberSeconds = 600;
/** Milliseconds by which a file's ctime may lag behind the clock: the kernel's tick. */
const tick = 10;

const remembered = z.record(
  z.string(),
  z.object({
    at: z.iso.datetime(),
    readAt: z.iso.datetime(),
    before: z.iso.datetime().optional(),
    files: z.record(z.string(), z.number()),
  }),
);

/** A set as it was when it was backed up. */
export interface SeenSet {
  /** `consistentAt` of its cycle. */
  readonly at: string;
  /** Everything in it was read by then. */
  readonly readAt: string;
  readonly files: FileIndex;
}
interface Kept extends SeenSet {
  /** `at` of the set before it. */
  readonly before: string | undefined;
}

export interface RansomwareWatcherArgs {
  readonly generation: Generation;
  readonly limits: RansomwareWatch;
  readonly store: Pick<Store, "putJson">;
  /** Outlives the container. */
  readonly stateDir: string;
  readonly log: Log;
}

/**
 * Compares each file set with the one before, looks into what replaced something, and holds the backups when that looks like an attack. A cycle
 * counts when its manifest is written (`commit`): what a failed one saw is seen again by the next.
 */
export class RansomwareWatcher {
  private readonly last = new Map<string, Kept>();
  private readonly history = new Map<string, readonly DatedChange[]>();
  private readonly held = new Map<string, { readonly key: string; readonly lastAt: number }>();
  private readonly pending = new Map<string, { kept: Kept; change: SetChange | undefined }>();
  private rememberedAt = -Infinity;

  private constructor(
    private readonly args: RansomwareWatcherArgs,
    private readonly memory: Remembered<z.infer<typeof remembered>>,
  ) {}

  static async open(args: RansomwareWatcherArgs): Promise<RansomwareWatcher> {
    // A generation begins with what was restored: nothing before it is known.
    const memory = new Remembered(args.stateDir, `file-sets-g${args.generation}`, remembered, args.log);
    const watcher = new RansomwareWatcher(args, memory);
    for (const [set, { files, before, ...seen }] of Object.entries((await memory.read()) ?? {}))
      watcher.last.set(set, { ...seen, before, files: new Map(Object.entries(files)) });
    return watcher;
  }

  /** What has changed since the last set. @returns undefined when none is known */
  async measure(set: string, folder: string, seen: SeenSet): Promise<SetChange | undefined> {
    const last = this.last.get(set);
    const change = last && (await this.compare(folder, last, seen));
    this.pending.set(set, { kept: { ...seen, before: last?.at }, change });
    return change;
  }

  /** Puts a hold for each set whose change looks like an attack. Before the manifest: no such set is ever without. @param startedAt of the cycle */
  async holdIfSuspicious(startedAt: string): Promise<void> {
    const { generation, limits, store, log } = this.args;
    for (const [set, { kept, change }] of this.pending) {
      if (!change) continue;
      const suspicion = suspicionOf([...(this.history.get(set) ?? []), { at: kept.at, change }], limits);
      if (!suspicion) continue;
      const at = Date.parse(kept.at);
      const before = this.held.get(set);
      const goesOn = before !== undefined && at - before.lastAt <= limits.windowSeconds * 1_000;
      const key = goesOn ? before.key : holdKey(generation, set, startedAt);
      await store.putJson(key, { generation, set, ...suspicion, lastSet: kept.at } satisfies Hold);
      this.held.set(set, { key, lastAt: at });
      const consequence = "backups of this generation are held until they are released";
      log.error(
        "looks-like-ransomware",
        new Error(`${suspicion.encrypted} of ${suspicion.replaced} replaced files look encrypted`),
        {
          set,
          hold: key,
          consequence,
        },
      );
    }
  }

  /** The manifest of what was measured is written. */
  async commit(): Promise<void> {
    for (const [set, { kept, change }] of this.pending) {
      this.last.set(set, kept);
      const from = Date.parse(kept.at) - this.args.limits.windowSeconds * 1_000;
      const own = (this.history.get(set) ?? []).filter(({ at }) => Date.parse(at) >= from);
      this.history.set(set, change ? [...own, { at: kept.at, change }] : own);
    }
    this.pending.clear();
    if (performance.now() - this.rememberedAt < rememberSeconds * 1_000) return;
    const sets = [...this.last].map(([set, kept]) => [set, { ...kept, files: Object.fromEntries(kept.files) }]);
    await this.memory.write(Object.fromEntries(sets));
    this.rememberedAt = performance.now();
  }

  private async compare(folder: string, last: Kept, seen: SeenSet): Promise<SetChange> {
    const { changed, renamed, added, gone, replaced } = difference(last.files, seen.files);
    const { sampleFiles, randomness } = this.args.limits;
    const byTime = [...replaced].sort((a, b) => seen.files.get(a)! - seen.files.get(b)!); // the first of them is looked into always
    const first = byTime.length > 0 ? seen.files.get(byTime[0]!)! : Infinity;
    const looks: (boolean | undefined)[] = [];
    let encryptedAt = Infinity;
    for (const path of spread(byTime, sampleFiles)) {
      const file = await headOf(join(folder, path));
      if (!file) continue;
      const look = looksEncrypted(basename(path), file.head, randomness);
      if (look) encryptedAt = Math.min(encryptedAt, file.writtenAt);
      looks.push(look);
    }
    // One that was written while the last set was read, and renamed afterwards, has a later ctime: it is in that set.
    const cleanAt = Math.min(first, encryptedAt) - tick > Date.parse(last.readAt) ? last.at : last.before;
    return {
      since: last.at,
      ...(replaced.length === 0 ? {} : { firstAt: new Date(first).toISOString() }),
      ...(replaced.length === 0 || cleanAt === undefined ? {} : { cleanAt }),
      before: last.files.size,
      changed: changed.length,
      renamed: renamed.length,
      added: added.length,
      gone,
      replaced: replaced.length,
      sampled: looks.filter((look) => look !== undefined).length,
      encrypted: looks.filter((look) => look === true).length,
    };
  }
}

/**
 * The first bytes of a regular file, and its mtime in milliseconds, which renaming does not move; undefined: it is none any more, or gone.
 * Whatever was put in its place must not hold the agent up.
 */
async function headOf(path: string): Promise<{ head: Buffer; writtenAt: number } | undefined> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return undefined;
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return { head: buffer.subarray(0, bytesRead), writtenAt: stat.mtimeMs };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}
