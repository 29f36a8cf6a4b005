import { ListObjectVersionsCommand, type ListObjectVersionsOutput, type S3Client } from "@aws-sdk/client-s3";

/** One entry of a key's past: data, or a delete marker, which hides what is below it. */
export interface Entry {
  readonly versionId: string;
  readonly current: boolean;
  readonly marker: boolean;
  /** Milliseconds since the epoch; S3 itself keeps whole seconds. */
  readonly at: number;
  /** 0 for a marker. */
  readonly bytes: number;
  readonly etag: string;
}

export interface KeyHistory {
  readonly key: string;
  /** Data newest first, as S3 lists it, and markers newest first. */
  readonly entries: readonly Entry[];
}

/** The past of every key below a prefix, in the order of keys. Holds one page in memory. */
export async function* histories(s3: S3Client, bucket: string, prefix: string): AsyncGenerator<KeyHistory> {
  let entries = new Map<string, Entry[]>();
  let next: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (next) {
    const page: ListObjectVersionsOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix, ...next }),
    );
    for (const v of page.Versions ?? []) push(entries, v, { marker: false, bytes: v.Size ?? 0, etag: v.ETag ?? "" });
    for (const m of page.DeleteMarkers ?? []) push(entries, m, { marker: true, bytes: 0, etag: "" });
    // The past of the last key may go on in the next page.
    const open = page.IsTruncated ? page.NextKeyMarker : undefined;
    for (const key of [...entries.keys()].sort()) {
      if (key !== open) yield { key, entries: entries.get(key)! };
    }
    entries = new Map(open !== undefined && entries.has(open) ? [[open, entries.get(open)!]] : []);
    next = page.IsTruncated ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker } : undefined;
  }
}

interface Listed {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
  readonly LastModified?: Date | undefined;
}

function push(to: Map<string, Entry[]>, listed: Listed, rest: Pick<Entry, "marker" | "bytes" | "etag">): void {
  const { Key, VersionId, LastModified, IsLatest } = listed;
  if (Key === undefined || VersionId === undefined || LastModified === undefined)
    throw new Error(`the store listed a version without a key, an id or a time: ${JSON.stringify(listed)}`);
  const entry: Entry = { versionId: VersionId, current: IsLatest === true, at: LastModified.getTime(), ...rest };
  to.set(Key, [...(to.get(Key) ?? []), entry]);
}
