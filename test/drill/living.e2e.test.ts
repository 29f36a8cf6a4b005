/**
 * Every scenario that leaves the host alive, one after the other on one site, each on what the one before left. It uses the addresses and
 * the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ground, type Primary } from "../../drill/ground";
import { startLoad } from "../../drill/load";
import { newDraft } from "../../drill/record";
import { livingScenarios } from "../../drill/result";
import { scenarios } from "../../drill/scenarios";
import { Timeline } from "../../drill/timeline";
import { minutes, raiseStage, signal, strikeStage, type Stage } from "../local-stage";

let ground: Ground;
let primary: Primary;
let backedUp: Stage["backedUp"];

beforeAll(async () => {
  ({ ground, primary, backedUp } = await raiseStage());
  await backedUp();
}, minutes(15));

afterAll(async () => {
  await strikeStage(primary);
}, minutes(3));

it.each(livingScenarios)(
  "%s: recovered on the living host",
  async (name) => {
    const timeline = new Timeline();
    const draft = newDraft(name, timeline.startedAt);
    const load = await startLoad({ site: primary.site });
    try {
      await backedUp();
      await scenarios[name].run({ ...ground, ...primary, load, generation: 1, timeline, signal }, draft);
    } finally {
      await load.stop();
    }
    expect(draft.gate.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(draft.modules.filter(({ restored }) => !restored)).toEqual([]);
    expect(draft.verdict).toBe("recovered");
  },
  minutes(8),
);
