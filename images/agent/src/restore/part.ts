export interface PartResult {
  files?: number;
  bytes?: number;
  detail: string;
}

/** One thing that is restored into one folder, beside the others. */
export interface Part {
  /** Named in the result. */
  module: string;
  /** Must be empty, or hold this same restore (see `target.ts`). */
  folder: string;
  /** Restores into the folder, which is empty; all data is on disk when it returns. */
  restore(): Promise<PartResult>;
  /** Brings what its seeding brought up to date, in place. @default it is wiped and restored */
  update?(): Promise<PartResult>;
}
