import { StringDecoder } from "node:string_decoder";
import type { Context } from "../provider";

/** One run of a command, on whichever machine. */
export interface Run {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Wanted by the program, or only offered (output of the last run). */
  readonly offered: Readonly<Record<string, string>>;
  readonly stdin: string | undefined;
  /** Receives output as it comes. */
  readonly output: Output;
  readonly signal: AbortSignal;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
}

type Stream = "stdout" | "stderr";

/** Gathers what a command writes, and shows its lines beside the resource as far as `logging` permits. */
export class Output {
  readonly #log: (line: string) => void;
  readonly #shown: ReadonlySet<string>;
  readonly #all: Buffer[] = [];
  readonly #chunks: Record<Stream, Buffer[]> = { stdout: [], stderr: [] };
  /** A chunk may end within a character. */
  readonly #decoders: Record<Stream, StringDecoder> = { stdout: new StringDecoder(), stderr: new StringDecoder() };
  /** Begun lines. */
  readonly #begun: Record<Stream, string> = { stdout: "", stderr: "" };

  /** @param logging "stdout", "stderr", "stdoutAndStderr" or "none". @default "stdoutAndStderr" */
  constructor(context: Pick<Context<unknown>, "log">, logging: string = "stdoutAndStderr") {
    this.#log = (line) => context.log("info", line);
    this.#shown = new Set(logging === "stdoutAndStderr" ? ["stdout", "stderr"] : [logging]);
  }

  write(stream: Stream, chunk: Buffer): void {
    this.#all.push(chunk);
    this.#chunks[stream].push(chunk);
    if (!this.#shown.has(stream)) return;
    const lines = (this.#begun[stream] + this.#decoders[stream].write(chunk)).split("\n");
    this.#begun[stream] = lines.pop()!;
    for (const line of lines) this.#log(line);
  }

  /** What was written, without the last line break. */
  finish(): RunResult {
    for (const line of Object.values(this.#begun)) if (line) this.#log(line);
    const text = (stream: Stream) => Buffer.concat(this.#chunks[stream]).toString().replace(/\n$/, "");
    return { stdout: text("stdout"), stderr: text("stderr") };
  }

  /** Both streams in the order in which they came. */
  all(): string {
    return Buffer.concat(this.#all).toString();
  }
}

/** How a command failed, as the real plugin says it: with the command line (so it must hold no secret) and all output. */
export const failure = (run: Run, what: string): Error =>
  new Error(`${what}: running ${JSON.stringify(run.command)}:\n${run.output.all()}`);
