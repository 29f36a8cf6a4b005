import { SaidError, type Said } from "../words/said";
import type { ExitCode } from "./exit-codes";
import { documentLanguage, type Language } from "./language";

/** What every command gets. */
export interface Context {
  /** Language of messages. */
  readonly lang: Language;
  /** Language of documents: `--lang`, else the plan's. */
  readonly documentLang: Language;
  readonly output: Output;
  /** Ctrl-C. */
  readonly signal: AbortSignal;
}

/** Where a command writes. */
export interface Output {
  /** Results, on stdout. With `--json` nothing but JSON. */
  print(text: string): void;
  /** Progress and warnings, on stderr. */
  note(text: string): void;
}

export interface StackOptions {
  /** The stack of the recovery. */
  readonly stack: string;
  /** Its settings file. */
  readonly configFile?: string;
  /** The primary's settings file. */
  readonly primaryConfigFile?: string;
}

/** A command's work: what it ends with. */
export type Run<O = object> = (context: Context, options: O) => Promise<ExitCode>;

/** An error that the operator can act on: shown without a stack trace. */
export class OperatorError extends SaidError {
  /** @param said text, where it is in the operator's language already */
  constructor(
    said: string | Said,
    readonly exitCode: ExitCode,
    options?: ErrorOptions,
  ) {
    super(typeof said === "string" ? () => said : said, options);
  }
}

export const standardOutput: Output = {
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
};

export const documentLanguageOf = (given: Language | undefined): Language => given ?? documentLanguage;
