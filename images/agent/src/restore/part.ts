/** One thing that is restored into one folder, beside the others. */
export interface Part {
  /** Named in the result. */
  module: string;
  /** Must be empty, or hold this same restore (see `target.ts`). */
  folder: string;
  /** Restores into the folder, which is empty; all data is on disk when it returns. */
  restore(): Promise<{ files?: number; bytes?: number; detail: string }>;
}
