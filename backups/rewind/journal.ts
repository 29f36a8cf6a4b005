import { existsSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { z } from "zod";

const line = z.strictObject({
  key: z.string(),
  action: z.enum(["uncover", "putBack", "hide"]),
  /** The version that was copied, of `putBack`. */
  from: z.string().optional(),
  /** The version that came into being, of `putBack`. */
  made: z.string().optional(),
});
export type JournalLine = z.infer<typeof line>;

/**
 * What a rewind did, one line a key (JSON): the evidence, and how a second run knows the copies of the first. An ETag of a multipart
 * upload cannot tell them, and a mark on the object itself could be forged by whoever may write.
 */
export class Journal {
  private readonly copies = new Map<string, string>();

  private constructor(private readonly file: string) {}

  /** @throws Error when the file is there and is no journal */
  static async open(file: string): Promise<Journal> {
    const journal = new Journal(file);
    const lines = existsSync(file) ? (await readFile(file, "utf8")).split("\n").filter(Boolean) : [];
    for (const text of lines) journal.remember(line.parse(JSON.parse(text)));
    return journal;
  }

  readonly copyOf = (versionId: string): string | undefined => this.copies.get(versionId);

  async add(done: JournalLine): Promise<void> {
    await appendFile(this.file, `${JSON.stringify(done)}\n`);
    this.remember(done);
  }

  private remember({ made, from }: JournalLine): void {
    if (made !== undefined && from !== undefined) this.copies.set(made, from);
  }
}
