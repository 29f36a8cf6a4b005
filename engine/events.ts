import { open, readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import TailFile from "@logdna/tail-file";

/** Follows an event log. */
export interface EngineFollower {
  /** Settles at the engine's last event (`cancelEvent`) or at `stop()`; rejects when the log cannot be read or understood. */
  readonly done: Promise<void>;
  /** Reads what is still there, then ends: for an engine that was killed, and so never wrote its last event. */
  stop(): Promise<void>;
}

/** Without this in its environment the engine knows no --event-log. */
export const engineEventsEnv = { PULUMI_DEBUG_COMMANDS: "true" } as const;

/** How often the log is looked at: the error of a step's time. */
const pollMs = 100;

/**
 * Hands over Pulumi's engine events as `pulumi up --skip-preview --event-log FILE` writes them, one JSON document a line.
 * Start it before the engine, with a file that is not there yet, and `stop()` it when the engine has ended: one that
 * refuses its arguments or is killed writes no last event. (Without --skip-preview the engine writes the log twice.)
 */
export async function followEngineEvents(file: string, onEvent: (event: EngineEvent) => void): Promise<EngineFollower> {
  await (await open(file, "a")).close();
  const tail = new TailFile(file, { startPos: 0, pollFileIntervalMs: pollMs });
  const lines = createInterface({ input: tail });
  let quitting: Promise<void> | undefined;
  const stop = () => (quitting ??= tail.quit());

  const done = new Promise<void>((resolve, reject) => {
    const fail = (cause: unknown) => {
      reject(new Error(`engine events: cannot follow ${file}; fix: see the cause, then run again`, { cause }));
      void stop().catch(reject);
    };
    tail.on("error", fail).on("tail_error", fail);
    lines.on("close", resolve);
    lines.on("line", (line) => {
      try {
        const event = JSON.parse(line) as EngineEvent;
        onEvent(event);
        if (event.cancelEvent) void stop().catch(fail);
      } catch (cause) {
        fail(cause);
      }
    });
  });
  await tail.start();
  return {
    done,
    stop: async () => {
      await stop();
      await done;
    },
  };
}

/**
 * The events of an engine that has ended. None: it refused its arguments and wrote no log. A last line that was cut off, as by a kill, is
 * left out.
 */
export async function readEngineEvents(file: string): Promise<EngineEvent[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return whole.filter(Boolean).map((line) => JSON.parse(line) as EngineEvent);
}

/** One resource's work, seen in the events. */
export interface EngineStep {
  readonly urn: string;
  /** @example "hcloud:index/server:Server" */
  readonly type: string;
  readonly name: string;
  /** Pulumi's: "create", "update", "delete", "replace", "import", "refresh", ... never "same". */
  readonly op: string;
  readonly state: "started" | "finished" | "failed";
  /** From its start to now; 0 when it starts. */
  readonly seconds: number;
}

/**
 * Turns engine events into steps with durations. Events carry whole seconds only, so the time at which they arrive
 * counts. Previews and unchanged resources are left out.
 */
export class EngineSteps {
  readonly #startedMs = new Map<string, number>();

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** @returns undefined for an event that is no step. */
  accept(event: EngineEvent): EngineStep | undefined {
    const found = stepOf(event);
    if (!found || found.metadata.op === "same") return undefined;
    const { urn, type, op } = found.metadata;
    const now = this.monotonic();
    const key = `${op} ${urn}`;
    if (found.state === "started") this.#startedMs.set(key, now);
    const startedMs = this.#startedMs.get(key) ?? now;
    if (found.state !== "started") this.#startedMs.delete(key);
    const name = urn.split("::").slice(3).join("::");
    return { urn, type, name, op, state: found.state, seconds: (now - startedMs) / 1000 };
  }
}

function stepOf(event: EngineEvent) {
  if (event.resourcePreEvent && !event.resourcePreEvent.planning) {
    return { state: "started" as const, metadata: event.resourcePreEvent.metadata };
  }
  if (event.resOutputsEvent && !event.resOutputsEvent.planning) {
    return { state: "finished" as const, metadata: event.resOutputsEvent.metadata };
  }
  if (event.resOpFailedEvent) return { state: "failed" as const, metadata: event.resOpFailedEvent.metadata };
  return undefined;
}

/** The engine leaves `custom` out where it is false. */
export const isComponent = (event: EngineEvent) =>
  !(event.resOutputsEvent?.metadata.new ?? event.resOutputsEvent?.metadata.old)?.custom;

/** @example shortType("hcloud:index/server:Server") === "hcloud:Server" */
export const shortType = (type: string) => type.replace(/^([^:]+):.*:([^:]+)$/, "$1:$2");

/** A message of the engine without its colour directives. */
export const plainMessage = (message: string): string => message.replaceAll(/<\{%.*?%\}>/g, "").trim();

/** Neither a component, nor the stack itself, nor a provider: something that exists outside the engine. */
export const isResource = (type: string): boolean => !type.startsWith("pulumi:") && !type.startsWith("smarteros:");
