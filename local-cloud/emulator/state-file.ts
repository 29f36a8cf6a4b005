import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * An emulator's whole state: one JSON document in memory, written to a file by `save`, so that it survives a restart. The write
 * is atomic (a new file, then a rename): whoever kills the emulator leaves the old state or the new one, never half of one.
 */
export class StateFile<State> {
  state: State;

  /** @param seed What a first start, or `reset`, begins with. Throws when the file is there but is not JSON. */
  constructor(
    private readonly file: string,
    private readonly seed: () => State,
  ) {
    this.state = this.load() ?? seed();
  }

  save(): void {
    mkdirSync(dirname(this.file), { recursive: true });
    const next = `${this.file}.next`;
    writeFileSync(next, `${JSON.stringify(this.state, null, 2)}\n`, { mode: 0o600 });
    renameSync(next, this.file);
  }

  reset(): void {
    this.state = this.seed();
    this.save();
  }

  private load(): State | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return JSON.parse(text) as State;
    } catch (cause) {
      throw new Error(`emulator state ${this.file}: not JSON; fix: delete the file to begin with an empty cloud`, {
        cause,
      });
    }
  }
}

/** Drops one entry of a state that is kept by key; writes nothing when it is not there. */
export function forgetKey(store: StateFile<Record<string, unknown>>, key: string): void {
  if (!(key in store.state)) return;
  delete store.state[key];
  store.save();
}
