import type { Language } from "./strings";

export interface ReportOptions {
  /** @default "en" */
  readonly lang?: Language;
  /** Seconds that a real cloud's boot, packages and pulls take on top; adds a column. Measured figures stay as they are. @default none */
  readonly bootSeconds?: number;
}
