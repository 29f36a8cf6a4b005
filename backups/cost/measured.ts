/** What the store was asked for. */
export interface RequestCount {
  /** Billed as PUT, COPY, POST or LIST. */
  readonly puts: number;
  /** Billed as GET and all other. */
  readonly gets: number;
  /** Free. */
  readonly deletes: number;
  /** Versions that came into being. */
  readonly objects: number;
  readonly bytes: number;
}

export interface Measured {
  /** A base copy of a cluster that is almost empty (its parts besides). */
  readonly fullCopy: RequestCount;
  readonly incrementalCopy: RequestCount;
  /** A cycle in which rows were written and no file set changed. */
  readonly cycle: RequestCount;
  /** What restic adds to a cycle in which file sets have changed, however many. */
  readonly filesRun: RequestCount;
  /** `backups:expire` of a generation: what does not grow with it. Besides, one GET for each manifest and each of restic's snapshots that is there. */
  readonly expiryRun: RequestCount;
  /** What it adds for each set that goes, with a snapshot of files of its own. */
  readonly expiredSet: RequestCount;
}

/**
 * Counted before a real S3 while the real agent ran on a real PostgreSQL, a mean of five cycles each, and while sets were expired:
 *
 *     npx vitest run --project e2e test/backups/requests.e2e.test.ts
 *
 * prints the figures anew, and fails when these are no longer true.
 */
export const measured: Measured = {
  fullCopy: { puts: 35, gets: 17, deletes: 1, objects: 19, bytes: 9_304_210 },
  incrementalCopy: { puts: 30, gets: 22, deletes: 1, objects: 12, bytes: 790_512 },
  cycle: { puts: 3, gets: 1, deletes: 0, objects: 2, bytes: 2_851 },
  filesRun: { puts: 13, gets: 3, deletes: 1, objects: 5, bytes: 2_992 },
  expiryRun: { puts: 29, gets: 15, deletes: 0, objects: 5, bytes: 4_802 },
  expiredSet: { puts: 0, gets: 1, deletes: 4.4, objects: 0, bytes: 35 },
};
