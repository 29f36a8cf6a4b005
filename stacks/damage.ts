import type { S3Client } from "@aws-sdk/client-s3";
import pMap from "p-map";
import { createHash } from "node:crypto";
import { generationLayout, sha256OfKey } from "../contracts/generation";
import { folderInSnapshot, type ManifestBody } from "../contracts/manifest";
import { timelineOf } from "../contracts/pgbackrest";
import { readBytes } from "./backup-store";
import { histories, type Entry, type KeyHistory } from "./object-history";

/**
 * What a set lacks in the bucket although its manifest verifies, as far as it can be seen from lists alone, before anything is provisioned.
 * The repositories write each object once, so what was written over later is damaged, and what is hidden or absent is lost to a restore;
 * pgBackRest and restic find what is wrong inside an object by their own checksums when they read it.
 */
export interface Damage {
  readonly reason: string;
  /** When the damaged object was first written (ms since the epoch): sets that began later need it too. Absent: it never was. */
  readonly since?: number;
}

const rewindHint = "npm run backups:rewind can bring it back";

/** Looks into one bucket for the sets of one generation; what was listed once is not listed again. */
export class SetInspector {
  private readonly lists = new Map<string, Promise<KeyHistory[]>>();

  constructor(
    private readonly s3: S3Client,
    private readonly bucket: string,
    private readonly generation: number,
  ) {}

  /** The first damage that is found; undefined: the set is whole, as far as lists tell. @throws the store's error */
  async damageOf(body: ManifestBody): Promise<Damage | undefined> {
    const [wal, base, files, vault] = await Promise.all([
      this.below(walFolders(this.generation, body.postgres)).then((found) => walDamage(body.postgres, found)),
      this.below([baseFolder(this.generation, body.postgres)]).then((found) => baseDamage(body.postgres, found)),
      this.below(resticFolders(this.generation)).then((found) => filesDamage(body, found)),
      this.vaultDamage(body),
    ]);
    return wal ?? base ?? vault ?? files;
  }

  private async below(prefixes: readonly string[]): Promise<KeyHistory[]> {
    const known = (prefix: string) => {
      const list = this.lists.get(prefix) ?? collect(histories(this.s3, this.bucket, prefix));
      this.lists.set(prefix, list);
      return list;
    };
    return (await pMap(prefixes, known, { concurrency: 16 })).flat();
  }

  private async vaultDamage({ files: { vault } }: ManifestBody): Promise<Damage | undefined> {
    const sha256 = vault && sha256OfKey(vault.snapshot);
    if (!vault || !sha256) return undefined;
    const content = await readBytes(this.s3, this.bucket, vault.snapshot);
    if (!content) return { reason: `Vault's snapshot ${vault.snapshot} is not there; ${rewindHint}` };
    if (createHash("sha256").update(content).digest("hex") === sha256) return undefined;
    return { reason: `Vault's snapshot ${vault.snapshot} is not what its name says (SHA-256); ${rewindHint}` };
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

type Postgres = ManifestBody["postgres"];

/** A segment's place in the WAL, whatever its timeline. */
const segmentOf = (walFile: string) =>
  Number.parseInt(walFile.slice(8, 16), 16) * 256 + Number.parseInt(walFile.slice(16), 16);
const hex8 = (n: number) => n.toString(16).toUpperCase().padStart(8, "0");
const archiveOf = (generation: number, { stanza, majorVersion }: Postgres) =>
  // A generation has one cluster, whose stanza is made once: pgBackRest counts it as the first.
  `${generationLayout(generation).prefix}postgres/archive/${stanza}/${majorVersion}-1/`;

/** The folders of the archive that hold a set's segments: one for each timeline and 256 segments. */
export function walFolders(generation: number, postgres: Postgres): string[] {
  const { first, last } = walNeeded(postgres);
  const folders: string[] = [];
  for (let timeline = timelineOf(first); timeline <= timelineOf(last); timeline++)
    for (let log = segmentOf(first) >> 8; log <= segmentOf(last) >> 8; log++)
      folders.push(`${archiveOf(generation, postgres)}${hex8(timeline)}${hex8(log)}/`);
  return folders;
}

const walNeeded = ({ walStart, walFile }: Postgres) => ({ first: walStart ?? walFile, last: walFile });

/** A segment between the base copy and the restore point that cannot be replayed. */
export function walDamage(postgres: Postgres, archive: readonly KeyHistory[]): Damage | undefined {
  const { first, last } = walNeeded(postgres);
  const bySegment = new Map<number, KeyHistory[]>();
  for (const history of archive) {
    const name = /\/([0-9A-F]{24})-[0-9a-f]{40}[^/]*$/.exec(history.key)?.[1];
    if (name) bySegment.set(segmentOf(name), [...(bySegment.get(segmentOf(name)) ?? []), history]);
  }
  for (let segment = segmentOf(first); segment <= segmentOf(last); segment++) {
    const found = bySegment.get(segment) ?? [];
    const here = found.filter(({ entries }) => isThere(entries));
    const overwritten = here.find(({ entries }) => writtenOver(entries));
    if (here.length > 0 && !overwritten) continue;
    const name = `${hex8(timelineOf(last))}${hex8(segment >> 8)}${hex8(segment & 255)}`;
    const history = overwritten ?? found[0];
    const since = history && { since: firstOf(history.entries).at };
    return overwritten
      ? { reason: `WAL segment ${overwrittenText(overwritten)}`, ...since }
      : {
          reason: `WAL segment ${name} is not in the archive: nothing after it can be replayed${history ? `; ${rewindHint}` : ""}`,
          ...since,
        };
  }
  return undefined;
}

/** Of the full copy that a set builds on, and of its incremental ones. */
export const baseFolder = (generation: number, { stanza, backupLabel }: Postgres): string =>
  `${generationLayout(generation).prefix}postgres/backup/${stanza}/${backupLabel.slice(0, fullLabelLength)}`;
const fullLabelLength = "20261124-030000F".length;

/** The base copy is not whole. */
export function baseDamage({ backupLabel }: Postgres, copies: readonly KeyHistory[]): Damage | undefined {
  const labelOf = (key: string) => /\/backup\/[^/]+\/([^/]+)\//.exec(key)?.[1] ?? "";
  const full = backupLabel.slice(0, fullLabelLength);
  for (const label of new Set([full, backupLabel])) {
    const manifest = copies.find(({ key }) => labelOf(key) === label && key.endsWith("/backup.manifest"));
    if (!manifest || !isThere(manifest.entries))
      return {
        reason: `the base copy ${label} is not there${manifest ? `; ${rewindHint}` : ""}`,
        ...(manifest ? { since: firstOf(manifest.entries).at } : {}),
      };
  }
  for (const { key, entries } of copies) {
    // pgBackRest keeps the copy of a manifest up to date while a long backup goes on; nothing is restored by it.
    if (key.endsWith("/backup.manifest.copy")) continue;
    const label = labelOf(key);
    const needed = label === full || label === backupLabel;
    if (needed && !isThere(entries))
      return { reason: `of the base copy, ${key} is hidden; ${rewindHint}`, since: firstOf(entries).at };
    if (label <= backupLabel && isThere(entries) && writtenOver(entries))
      return { reason: `of the base copy, ${overwrittenText({ key, entries })}`, since: firstOf(entries).at };
  }
  return undefined;
}

/** restic's repository in parts that can be listed side by side: its packs lie in folders by the first digits of their names. */
export function resticFolders(generation: number): string[] {
  const repository = `${generationLayout(generation).resticPath}/`;
  const packs = Array.from({ length: 16 }, (_, digit) => `${repository}data/${digit.toString(16)}`);
  return [...packs, ...["index/", "snapshots/", "keys/", "config"].map((part) => repository + part)];
}

/** A snapshot that is not there, or an object of the repository that was written over and may be needed. */
export function filesDamage(body: ManifestBody, repository: readonly KeyHistory[]): Damage | undefined {
  const byName = new Map(repository.map((history) => [history.key.split("/").at(-1)!, history]));
  for (const [set, { snapshot }] of Object.entries(body.files)) {
    if (sha256OfKey(snapshot)) continue; // an object of its own
    const history = byName.get(idOf(snapshot));
    if (!history || !isThere(history.entries))
      return {
        reason: `the snapshot of ${set}'s files, ${idOf(snapshot)}, is not there${history ? `; ${rewindHint}` : ""}`,
        ...(history ? { since: firstOf(history.entries).at } : {}),
      };
  }
  const finishedAt = Date.parse(body.vaultRenewedAt ?? body.finishedAt);
  const damaged = repository
    .filter(({ entries }) => isThere(entries) && replaced(entries))
    .map((history) => ({ history, since: firstOf(history.entries).at }))
    .filter(({ since }) => since <= finishedAt)
    .sort((a, b) => a.since - b.since)[0];
  return damaged && { reason: `of the files, ${overwrittenText(damaged.history)}`, since: damaged.since };
}

const idOf = (reference: string) => (reference.includes(":") ? folderInSnapshot(reference).snapshot : reference);

/** What is current is data. */
const isThere = (entries: readonly Entry[]) => entries.some(({ current, marker }) => current && !marker);
const versionsOf = (entries: readonly Entry[]) => entries.filter(({ marker }) => !marker);
/** S3 lists versions newest first. */
const firstOf = (entries: readonly Entry[]) => versionsOf(entries).at(-1) ?? entries.at(-1)!;
const currentOf = (entries: readonly Entry[]) => entries.find(({ current }) => current)!;
/** An upload that is tried again leaves a second version of the same size (pgBackRest encrypts it anew), which is none. */
const writtenOver = (entries: readonly Entry[]) => currentOf(entries).bytes !== firstOf(entries).bytes;
/** restic names an object by its content: another upload of it is the same to the byte. An ETag with a dash says nothing of the content. */
const replaced = (entries: readonly Entry[]) => {
  const [first, now] = [firstOf(entries), currentOf(entries)];
  return writtenOver(entries) || (now.etag !== first.etag && ![now, first].some(({ etag }) => etag.includes("-")));
};
const overwrittenText = ({ key, entries }: KeyHistory) =>
  `${key} was written over at ${new Date(currentOf(entries).at).toISOString()} (${currentOf(entries).bytes} bytes instead of ${firstOf(entries).bytes}); ${rewindHint}`;
