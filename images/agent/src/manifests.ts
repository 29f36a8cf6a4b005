import { z } from "zod";
import { type Generation, manifestKey, renewalKey } from "../../../contracts/generation";
import {
  type CipherPasswords,
  type Manifest,
  type ManifestBody,
  manifestBody,
  signManifest,
} from "../../../contracts/manifest";
import type { Log } from "./log";
import { oneAtATime } from "./serial";
import { Remembered } from "./state";
import type { Store } from "./store";

export type SetEntry = ManifestBody["files"][string];

/** The set that a recovery would restore now, and the start of the cycle that its database is of. */
const newestSet = z.object({ cycleStartedAt: z.iso.datetime(), body: manifestBody });
type NewestSet = z.infer<typeof newestSet>;

export interface ManifestsArgs {
  generation: Generation;
  passwords: CipherPasswords;
  store: Store;
  /** Outlives the container. */
  stateDir: string;
  log: Log;
}

/**
 * Writes all manifests, one at a time: a cycle's, and its renewals when Vault changes before the next. So the newest by name always
 * holds the newest of both. A set that is written is remembered over the agent's end: its age stays known.
 */
export class Manifests {
  private readonly queue = oneAtATime();

  private constructor(
    private readonly args: ManifestsArgs,
    private readonly remembered: Remembered<NewestSet>,
    private newest: NewestSet | undefined,
  ) {}

  static async open(args: ManifestsArgs): Promise<Manifests> {
    const remembered = new Remembered(args.stateDir, "newest-set", newestSet, args.log);
    const newest = await remembered.read();
    return new Manifests(args, remembered, newest?.body.generation === args.generation ? newest : undefined);
  }

  /** What the newest manifest says; Vault's `takenAt` is when it was last seen to hold just that. */
  get body(): ManifestBody | undefined {
    return this.newest?.body;
  }

  /** Writes a cycle's manifest, with the newer snapshot of Vault if one was taken meanwhile. */
  cycle(startedAt: string, body: ManifestBody): Promise<{ key: string; manifest: Manifest }> {
    return this.queue(() => {
      const vault = later(body.files["vault"], this.body?.files["vault"]);
      const key = manifestKey(this.args.generation, startedAt);
      return this.write(key, { cycleStartedAt: startedAt, body: vault ? withVault(body, vault) : body });
    });
  }

  /** Writes the last cycle's set anew, with this snapshot of Vault. @returns undefined when no cycle has finished yet */
  renewVault(entry: SetEntry): Promise<{ key: string; manifest: Manifest } | undefined> {
    return this.queue(async () => {
      if (!this.newest) return undefined;
      const { cycleStartedAt, body } = this.newest;
      const times = { finishedAt: new Date().toISOString(), vaultRenewedAt: entry.takenAt };
      const key = renewalKey(this.args.generation, cycleStartedAt, entry.takenAt);
      return this.write(key, { cycleStartedAt, body: { ...withVault(body, entry), ...times } });
    });
  }

  /** Vault still held at `seenAt` what the newest manifest's snapshot holds: nothing to write. */
  vaultUnchanged(seenAt: string): void {
    const vault = this.body?.files["vault"];
    if (this.newest && vault) this.newest.body = withVault(this.newest.body, { ...vault, takenAt: seenAt });
  }

  private async write(key: string, set: NewestSet): Promise<{ key: string; manifest: Manifest }> {
    const manifest = signManifest(set.body, this.args.passwords);
    await this.args.store.putJson(key, manifest);
    this.newest = set;
    await this.remembered.write(set);
    return { key, manifest };
  }
}

const withVault = (body: ManifestBody, vault: SetEntry): ManifestBody => ({ ...body, files: { ...body.files, vault } });

function later(a: SetEntry | undefined, b: SetEntry | undefined): SetEntry | undefined {
  if (!a || !b) return a; // a set that backs up no Vault gets none
  return Date.parse(b.takenAt) > Date.parse(a.takenAt) ? b : a;
}
