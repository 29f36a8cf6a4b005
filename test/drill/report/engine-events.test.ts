import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engineEventsTo } from "../../../drill/engine-events";
import { Timeline } from "../../../drill/timeline";
import { EngineSteps, followEngineEvents } from "../../../engine/events";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "engine-events-"));
  file = join(folder, "events.json");
});
afterEach(() => rm(folder, { recursive: true }));

const type = "hcloud:index/server:Server";
const urn = `urn:pulumi:recovery::smarteros::smarteros:Host$${type}::host::1`;
const metadata = (op = "create", custom = true) => ({ op, urn, type, provider: "", new: custom ? { custom } : {} });
const pre = (op?: string) =>
  ({ sequence: 1, timestamp: 1, resourcePreEvent: { metadata: metadata(op) } }) as unknown as EngineEvent;
const outputs = (op?: string, custom?: boolean) =>
  ({ sequence: 2, timestamp: 1, resOutputsEvent: { metadata: metadata(op, custom) } }) as unknown as EngineEvent;
const failed = {
  sequence: 2,
  timestamp: 1,
  resOpFailedEvent: { metadata: metadata(), status: 1, steps: 1 },
} as unknown as EngineEvent;
const error = {
  sequence: 3,
  timestamp: 1,
  diagnosticEvent: { severity: "error", message: "<{%reset%}>no such server<{%reset%}>\n", color: "never" },
} as EngineEvent;

describe("following the engine's event log", () => {
  it("hands over lines as they are written, also in pieces, until the engine's last event", async () => {
    const seen: number[] = [];
    const follower = await followEngineEvents(file, (event) => seen.push(event.sequence));
    await appendFile(file, '{"sequence":1,"timestamp":1}\n{"sequence":2,');
    await expect.poll(() => seen).toEqual([1]);
    await appendFile(file, '"timestamp":1}\n{"sequence":3,"timestamp":1,"cancelEvent":{}}\n');
    await follower.done;
    expect(seen).toEqual([1, 2, 3]);
  });

  it("reads what is there when it is stopped before the last event", async () => {
    const seen: number[] = [];
    const follower = await followEngineEvents(file, (event) => seen.push(event.sequence));
    await appendFile(file, '{"sequence":1,"timestamp":1}\n');
    await follower.stop();
    await follower.stop();
    expect(seen).toEqual([1]);
  });

  it("fails on what is no event", async () => {
    const follower = await followEngineEvents(file, () => undefined);
    await appendFile(file, "nonsense\n");
    await expect(follower.done).rejects.toThrow(`cannot follow ${file}`);
  });
});

describe("steps", () => {
  it("have durations by the clock at their arrival", () => {
    let ms = 0;
    const steps = new EngineSteps(() => ms);
    expect(steps.accept(pre())).toMatchObject({ state: "started", name: "host::1", type, seconds: 0 });
    ms = 6100;
    expect(steps.accept(outputs())).toMatchObject({ op: "create", state: "finished", seconds: 6.1 });
  });

  it("leave out what is unchanged, planned, or no step", () => {
    const steps = new EngineSteps();
    expect(steps.accept(pre("same"))).toBeUndefined();
    expect(steps.accept(error)).toBeUndefined();
    expect(
      steps.accept({
        sequence: 1,
        timestamp: 1,
        resourcePreEvent: { metadata: metadata(), planning: true },
      } as unknown as EngineEvent),
    ).toBeUndefined();
  });

  it("go into the timeline: finished ones, failures and errors; no components", () => {
    const timeline = new Timeline({ output: { write: () => undefined } });
    const onEvent = engineEventsTo(timeline, 0);
    [pre(), outputs(), pre(), failed, pre(), outputs("create", false), error].forEach(onEvent);
    expect(timeline.events.map((event) => event.what)).toEqual([
      "create hcloud:Server host::1 (0.0 s)",
      "create hcloud:Server host::1 FAILED after 0.0 s",
      "error: no such server",
    ]);
  });
});
