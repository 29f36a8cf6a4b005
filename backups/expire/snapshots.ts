import { z } from "zod";
import { folderInSnapshot, type ManifestBody } from "../../contracts/manifest";
import type { Listed } from "../../stacks/backup-store";
import { sha256OfKey } from "../../contracts/generation";

/** What the kept sets need of what lies beside them. */
export interface Needed {
  /** Long ids of restic's snapshots. */
  readonly snapshots: ReadonlySet<string>;
  /** Keys of Vault's raft snapshots. */
  readonly vault: ReadonlySet<string>;
}

/** Everything that these sets name. */
export function neededBy(bodies: readonly ManifestBody[]): Needed {
  const snapshots = new Set<string>();
  const vault = new Set<string>();
  for (const { files } of bodies)
    for (const { snapshot } of Object.values(files)) {
      if (sha256OfKey(snapshot)) vault.add(snapshot);
      else snapshots.add(folderInSnapshot(snapshot).snapshot);
    }
  return { snapshots, vault };
}

const listing = z.array(z.looseObject({ id: z.string(), time: z.string() }));

/** A day: what a cycle that is still at work has written has no manifest yet. */
const youngMs = 86_400_000;

/** Long ids of the snapshots in `restic snapshots --json` that no kept set names, and that are no work in progress. @param now milliseconds since the epoch */
export const unneeded = (json: string, needed: ReadonlySet<string>, now: number): string[] =>
  listing
    .parse(JSON.parse(json))
    .filter(({ id, time }) => !needed.has(id) && now - Date.parse(time) > youngMs)
    .map(({ id }) => id);

/** Of the objects below a generation's `vault/`, those that no kept set names. @param now milliseconds since the epoch */
export const unneededVault = (objects: readonly Listed[], needed: ReadonlySet<string>, now: number): string[] =>
  objects.flatMap(({ key, writtenAt }) => (!needed.has(key) && now - writtenAt > youngMs ? [key] : []));
