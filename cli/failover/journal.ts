import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { takeLock } from "../../toolchain/lock";
import { cacheRoot } from "../../toolchain/paths";
import { stderrLog } from "../../toolchain/progress";
import { identify, isAlive } from "../../engine/process";

const processId = z.strictObject({ pid: z.number(), born: z.string() });

/** The run that is in charge on this machine. */
const holderSchema = z.strictObject({
  operator: z.string(),
  since: z.iso.datetime(),
  smarter: processId,
  /** The engine that it started: lives on when `smarter` is killed. */
  engine: processId.optional(),
  /** The engine's output; its events beside it. */
  log: z.string().optional(),
});
export type Holder = z.infer<typeof holderSchema>;

/** What somebody decided, or what came of it; the record of an incident over all of its runs. */
export const entrySchema = z.strictObject({
  at: z.iso.datetime(),
  by: z.string(),
  what: z.enum(["activated", "resumed", "took-over", "failed", "recovered", "stopped", "unlocked"]),
  /** The reason that was given, or what happened. */
  detail: z.string(),
});
export type Entry = z.infer<typeof entrySchema>;

/** Another run is in charge. */
export interface Held {
  readonly holder: Holder;
  /** "smarter": it runs. "engine": it was killed, and its engine goes on. */
  readonly alive: "smarter" | "engine";
}

/**
 * What this machine knows of the recovery of one generation: who is in charge now, and what was decided so far. Survives a killed run.
 */
export class Journal {
  readonly #folder: string;

  constructor(domain: string, generation: number, root = join(cacheRoot(), "failover")) {
    this.#folder = join(root, `${domain}-g${generation}`);
  }

  /** A new log for the engine. */
  logFile(at: Date): string {
    return join(this.#folder, logName(at));
  }

  /** The engine's logs that were begun from one moment on and before another, oldest first. */
  async logs(since: Date, before: Date): Promise<string[]> {
    const names = await readdir(this.#folder);
    return names
      .filter((name) => /^up-.*\.log$/.test(name) && name >= logName(since) && name < logName(before))
      .sort()
      .map((name) => join(this.#folder, name));
  }

  /**
   * Takes charge. A dead run's charge passes on; where its engine goes on, together with that engine.
   * @returns who has it, when a living run does, or the run whose engine was adopted
   */
  async take(operator: string): Promise<Held | undefined> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const smarter = await identify(process.pid);
    if (!smarter) throw new Error(`ps does not know this process (${process.pid}); fix: a working ps`);
    const unlock = await takeLock(`failover-${basename(this.#folder)}`, stderrLog);
    try {
      const held = await this.held();
      if (held?.alive === "smarter") return held;
      const adopted = held ? { engine: held.holder.engine, log: held.holder.log } : {};
      await this.#write({ operator, since: new Date().toISOString(), smarter, ...adopted });
      return held;
    } finally {
      await unlock();
    }
  }

  /** Who is in charge, if they live. */
  async held(): Promise<Held | undefined> {
    const holder = await this.#read();
    if (!holder) return undefined;
    if (await isAlive(holder.smarter)) return { holder, alive: "smarter" };
    if (holder.engine && (await isAlive(holder.engine))) return { holder, alive: "engine" };
    return undefined;
  }

  /** Notes the engine that was started, for whoever comes after a kill. */
  async engineStarted(pid: number, log: string): Promise<void> {
    const [holder, engine] = [await this.#read(), await identify(pid)];
    if (!holder || !engine) return; // it has ended already
    await this.#write({ ...holder, engine, log });
  }

  async release(): Promise<void> {
    await rm(this.#holderFile, { force: true });
  }

  /** Forgets what was decided in another life of this generation: a drill's, say. */
  async forget(): Promise<void> {
    await rm(this.#entriesFile, { force: true });
  }

  async note(entry: Entry): Promise<void> {
    await appendFile(this.#entriesFile, `${JSON.stringify(entrySchema.parse(entry))}\n`, { mode: 0o600 });
  }

  async entries(): Promise<Entry[]> {
    const text = await readIfThere(this.#entriesFile);
    return text.split("\n").flatMap((line) => (line === "" ? [] : [entrySchema.parse(JSON.parse(line))]));
  }

  get #holderFile(): string {
    return join(this.#folder, "holder.json");
  }

  get #entriesFile(): string {
    return join(this.#folder, "journal.jsonl");
  }

  async #read(): Promise<Holder | undefined> {
    const text = await readIfThere(this.#holderFile);
    return text === "" ? undefined : holderSchema.parse(JSON.parse(text));
  }

  /** In one step, so that nobody reads half of it. */
  async #write(holder: Holder): Promise<void> {
    const temporary = `${this.#holderFile}.${process.pid}`;
    await writeFile(temporary, JSON.stringify(holder), { mode: 0o600 });
    await rename(temporary, this.#holderFile);
  }
}

/** Sorts by time. */
const logName = (at: Date) => `up-${at.toISOString().replaceAll(":", "")}.log`;

const readIfThere = (file: string): Promise<string> =>
  readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
