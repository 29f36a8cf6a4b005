import pc from "picocolors";
import type { Language } from "../words/language";
import { oneLine, type Telling } from "../words/said";
import type { DrillEvent, DrillPhase } from "./result";
import { eventText } from "./timeline-words";

/** Where lines go: `process.stderr`, a file, or a test's collector. */
export interface TimelineOutput {
  write(text: string): unknown;
  /** A terminal gets colour (unless NO_COLOR is set) and elapsed seconds; anything else plain lines with the time of day. */
  readonly isTTY?: boolean;
}

export interface TimelineOptions {
  /** @default process.stderr, so that stdout stays free for the drill's result */
  readonly output?: TimelineOutput;
  /** Milliseconds that only ever grow. @default performance.now */
  readonly monotonic?: () => number;
  /** Wall clock. @default the system's */
  readonly wallClock?: () => Date;
  /** Of what is printed; the record holds both. @default "en" */
  readonly lang?: Language;
}

/**
 * What happened, when, in which phase: kept for the record and printed at once. Times of day come from the wall clock;
 * durations from the monotonic one, which no clock adjustment changes.
 */
export class Timeline {
  readonly #output: TimelineOutput;
  readonly #monotonic: () => number;
  readonly #wallClock: () => Date;
  readonly #lang: Language;
  readonly #colors: ReturnType<typeof pc.createColors>;
  readonly #startedMs: number;
  readonly #events: DrillEvent[] = [];
  #phase: DrillPhase = "setup";
  #phaseStartedMs: number;
  #lostMs: number | undefined;
  #finished = false;

  /** ISO 8601 UTC. */
  readonly startedAt: string;

  constructor(options: TimelineOptions = {}) {
    this.#output = options.output ?? process.stderr;
    this.#monotonic = options.monotonic ?? (() => performance.now());
    this.#wallClock = options.wallClock ?? (() => new Date());
    this.#lang = options.lang ?? "en";
    this.#colors = pc.createColors(this.#output.isTTY === true && !process.env["NO_COLOR"]);
    this.startedAt = this.#wallClock().toISOString();
    this.#startedMs = this.#phaseStartedMs = this.#monotonic();
  }

  get events(): readonly DrillEvent[] {
    return this.#events;
  }

  get currentPhase(): DrillPhase {
    return this.#phase;
  }

  /** Seconds since the timeline began. */
  elapsedSeconds(): number {
    return (this.#monotonic() - this.#startedMs) / 1000;
  }

  /** Seconds since the loss: what an RTO is measured by. @throws before `phase("loss")` */
  secondsSinceLoss(): number {
    if (this.#lostMs === undefined) {
      throw new Error('timeline: seconds since the loss were asked for before it; fix: call phase("loss", ...) first');
    }
    return (this.#monotonic() - this.#lostMs) / 1000;
  }

  /** Begins a phase. The first `loss` is second zero of the failover: call it when the order to destroy is given. */
  phase(name: DrillPhase, what: string | Telling): DrillEvent {
    const now = this.#monotonic();
    if (name === "loss") this.#lostMs ??= now;
    this.#phase = name;
    this.#phaseStartedMs = now;
    return this.#record(what, true);
  }

  /** Notes something in the current phase. Control characters and line breaks are taken out. */
  event(what: string | Telling): DrillEvent {
    return this.#record(what, false);
  }

  /** Seconds in the current phase so far. */
  phaseSeconds(): number {
    return (this.#monotonic() - this.#phaseStartedMs) / 1000;
  }

  /** Ends the record; nothing is added after it. */
  finish(what: string | Telling): readonly DrillEvent[] {
    this.#record(what, true);
    this.#finished = true;
    return this.#events;
  }

  #record(noted: string | Telling, heading: boolean): DrillEvent {
    const { text: what, told = undefined } = typeof noted === "string" ? { text: noted } : noted;
    if (this.#finished) throw new Error(`timeline: "${what}" came after finish(); fix: finish when all work has ended`);
    const event = {
      at: this.#wallClock().toISOString(),
      phase: this.#phase,
      what: oneLine(what),
      ...(told ? { told } : {}),
    };
    this.#events.push(event);
    this.#output.write(this.#line(event, heading) + "\n");
    return event;
  }

  #line(event: DrillEvent, heading: boolean): string {
    const phase = event.phase.padEnd(8);
    const text = eventText(event, this.#lang);
    if (!this.#output.isTTY) return `${event.at} ${phase} ${text}`;
    const c = this.#colors;
    // Before the loss the drill's own clock; after it the failover's, marked T+.
    const elapsed = this.#lostMs === undefined ? this.elapsedSeconds() : this.secondsSinceLoss();
    const clock = `${this.#lostMs === undefined ? "  " : "T+"}${elapsed.toFixed(1).padStart(6)}s`;
    return `${c.dim(clock)}  ${c.cyan(phase)}  ${heading ? c.bold(text) : text}`;
  }
}
