import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Log } from "./log";
import { parseJson } from "./settings";

/** One thing that the agent remembers over its own end: a JSON file in its state folder, which outlives the container. */
export class Remembered<T> {
  private readonly file: string;

  constructor(
    private readonly dir: string,
    name: string,
    private readonly schema: z.ZodType<T>,
    private readonly log: Log,
  ) {
    this.file = join(dir, `${name}.json`);
  }

  /** @returns undefined when nothing is remembered. What another version of the agent left is logged and counts as nothing: backups go on. */
  async read(): Promise<T | undefined> {
    const text = await this.text();
    if (text === undefined) return undefined;
    try {
      return parseJson(text, this.file, this.schema);
    } catch (error) {
      this.log.error("state-not-understood", error, { file: this.file, consequence: "it counts as absent" });
      return undefined;
    }
  }

  /** Whole or not at all, and on disk when this returns. */
  async write(value: T): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    const handle = await open(`${this.file}.new`, "w", 0o600);
    try {
      await handle.writeFile(JSON.stringify(value));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${this.file}.new`, this.file);
  }

  async forget(): Promise<void> {
    await rm(this.file, { force: true });
  }

  private async text(): Promise<string | undefined> {
    try {
      return await readFile(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}
