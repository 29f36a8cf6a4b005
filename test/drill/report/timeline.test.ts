import { afterEach, describe, expect, it, vi } from "vitest";
import { drillEvent } from "../../../drill/result";
import { Timeline } from "../../../drill/timeline";
import { eventText, tell } from "../../../drill/timeline-words";

/** A timeline on clocks that the test sets. */
function setUp(isTTY = false) {
  const state = { ms: 0, lines: [] as string[] };
  const timeline = new Timeline({
    output: { isTTY, write: (text: string) => state.lines.push(text) },
    monotonic: () => state.ms,
    wallClock: () => new Date(Date.parse("2026-11-24T03:50:44.000Z") + state.ms),
  });
  return { state, timeline };
}

afterEach(() => vi.unstubAllEnvs());

describe("a timeline", () => {
  it("keeps and prints what happened, in plain lines when piped", () => {
    const { state, timeline } = setUp();
    timeline.event("local cloud is up");
    state.ms = 1500;
    timeline.phase("primary", "pulumi up");
    const events = timeline.finish("done");
    expect(events.map((event) => [event.at, event.phase, event.what])).toEqual([
      ["2026-11-24T03:50:44.000Z", "setup", "local cloud is up"],
      ["2026-11-24T03:50:45.500Z", "primary", "pulumi up"],
      ["2026-11-24T03:50:45.500Z", "primary", "done"],
    ]);
    expect(state.lines[1]).toBe("2026-11-24T03:50:45.500Z primary  pulumi up\n");
  });

  it("keeps what it tells in English and as data, and prints it in its language", () => {
    const lines: string[] = [];
    const timeline = new Timeline({ lang: "es", output: { write: (text: string) => lines.push(text) } });
    timeline.event(tell("answers", "odoo", "41.2 s"));
    const [event] = timeline.events;
    expect(event).toMatchObject({
      what: "odoo answers, 41.2 s after the loss",
      told: { sentence: "answers", parts: ["odoo", "41.2 s"] },
    });
    expect(lines[0]).toContain("odoo responde, 41.2 s después de la pérdida");
    expect(drillEvent.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
    expect(eventText({ ...event!, told: { sentence: "unheardOf", parts: [] } }, "es")).toBe(event!.what);
  });

  it("counts from the loss by the monotonic clock", () => {
    const { state, timeline } = setUp();
    expect(() => timeline.secondsSinceLoss()).toThrow('call phase("loss"');
    state.ms = 10_000;
    timeline.phase("loss", "gone");
    state.ms = 12_500;
    timeline.phase("recovery", "pulumi up");
    state.ms = 13_000;
    expect([timeline.elapsedSeconds(), timeline.secondsSinceLoss(), timeline.phaseSeconds()]).toEqual([13, 3, 0.5]);
    // A second call does not move second zero.
    timeline.phase("loss", "again");
    expect(timeline.secondsSinceLoss()).toBe(3);
  });

  it("shows elapsed seconds in colour on a terminal, and T+ after the loss", () => {
    vi.stubEnv("NO_COLOR", "");
    const { state, timeline } = setUp(true);
    state.ms = 2000;
    timeline.event("a");
    timeline.phase("loss", "gone");
    state.ms = 3500;
    timeline.event("b");
    expect(state.lines[0]).toContain("\u001b[");
    expect(state.lines[0]).toContain("2.0s");
    expect(state.lines[2]).toContain("T+   1.5s");
  });

  it("has no colour with NO_COLOR", () => {
    vi.stubEnv("NO_COLOR", "1");
    const { state, timeline } = setUp(true);
    timeline.phase("primary", "a");
    expect(state.lines).toEqual(["     0.0s  primary   a\n"]);
  });

  it("lets no control character through", () => {
    const { timeline } = setUp();
    expect(timeline.event("a\u001b[31mb\r\nc\u0007d").what).toBe("ab c d");
  });

  it("takes nothing after its end", () => {
    const { timeline } = setUp();
    timeline.finish("done");
    expect(() => timeline.event("late")).toThrow('"late" came after finish()');
  });
});
