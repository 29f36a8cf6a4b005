import { CopyObjectCommand, DeleteObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type Generation, generationLayout } from "../../contracts/generation";
import { type Action, decide } from "./decide";
import { histories, type KeyHistory } from "../../stacks/object-history";
import type { Journal } from "./journal";

export interface RewindArgs {
  /** Of an operator who may list and read versions, write, and delete markers. Never an identity of a site. */
  readonly s3: S3Client;
  readonly bucket: string;
  readonly generation: Generation;
  readonly to: Date;
  /** Decides and counts, changes nothing. @default false */
  readonly dryRun?: boolean | undefined;
  readonly journal: Journal;
  /** Keys that are worked on side by side. @default 16 */
  readonly parallel?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export type Counts = Record<Action["kind"], number>;

export interface Progress {
  readonly keys: number;
  readonly counts: Counts;
  /** Bytes of what is put back. */
  readonly bytes: number;
}

export interface RewindResult extends Progress {
  /** Keys that could not be made what they were, with the reason. */
  readonly failures: readonly { readonly key: string; readonly reason: string }[];
  /** Time of the first change that is undone, ISO 8601: whether `to` is well chosen. */
  readonly firstChange?: string;
  /** The newest manifest that is current afterwards: what a recovery would take. */
  readonly newestManifest?: string;
}

/**
 * Makes what was current at a time current again, for every key of a generation. Only adds versions and removes delete markers: all that
 * was written since stays, as older versions. Safe to run again: what is right already is left alone.
 */
export async function rewind(args: RewindArgs): Promise<RewindResult> {
  const { s3, bucket, generation, dryRun = false, journal, parallel = 16, onProgress } = args;
  const to = args.to.getTime();
  const { prefix, manifests } = generationLayout(generation);
  const counts: Counts = { same: 0, uncover: 0, putBack: 0, hide: 0, leave: 0 };
  const failures: { key: string; reason: string }[] = [];
  let [keys, bytes, firstChange] = [0, 0, Infinity];
  let newestManifest: string | undefined;

  const one = async (history: KeyHistory): Promise<void> => {
    const { key } = history;
    const action = decide(history, { generation, to, copyOf: journal.copyOf });
    if (!dryRun) await apply(action, key, { s3, bucket, journal });
    keys += 1;
    counts[action.kind] += 1;
    if (action.kind === "putBack") bytes += action.from.bytes;
    if (changes(action)) firstChange = Math.min(firstChange, firstAfter(history, to));
    if (key.startsWith(manifests) && isThere(action, history) && key > (newestManifest ?? "")) newestManifest = key;
    onProgress?.({ keys, counts, bytes });
  };

  // The workers share the listing: each takes the next key when it is done with one.
  const all = histories(s3, bucket, prefix);
  const worker = async () => {
    for (let next = await all.next(); !next.done; next = await all.next()) {
      const history = next.value;
      await one(history).catch((error: Error) => failures.push({ key: history.key, reason: error.message }));
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return {
    ...{ keys, counts, bytes, failures },
    ...(firstChange === Infinity ? {} : { firstChange: new Date(firstChange).toISOString() }),
    ...(newestManifest === undefined ? {} : { newestManifest }),
  };
}

export const changes = ({ kind }: Action): boolean => kind === "uncover" || kind === "putBack" || kind === "hide";

const firstAfter = ({ entries }: KeyHistory, to: number): number =>
  Math.min(...entries.map((e) => e.at).filter((at) => at > to));

/** Whether the key can be read afterwards. */
const isThere = ({ kind }: Action, { entries }: KeyHistory): boolean =>
  kind === "same" ? entries.some((e) => e.current && !e.marker) : kind !== "hide";

interface Target {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly journal: Journal;
}

async function apply(action: Action, key: string, { s3, bucket, journal }: Target): Promise<void> {
  switch (action.kind) {
    case "same":
    case "leave":
      return;
    case "uncover":
      for (const VersionId of action.markers)
        await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId }));
      return journal.add({ key, action: "uncover" });
    case "hide":
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
      return journal.add({ key, action: "hide" });
    case "putBack": {
      const { versionId } = action.from;
      const source = `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}?versionId=${encodeURIComponent(versionId)}`;
      const { VersionId } = await s3.send(new CopyObjectCommand({ Bucket: bucket, Key: key, CopySource: source }));
      if (VersionId === undefined) throw new Error(`bucket ${bucket} keeps no versions; fix: name the backup bucket`);
      return journal.add({ key, action: "putBack", from: versionId, made: VersionId });
    }
    default:
      return action satisfies never;
  }
}
