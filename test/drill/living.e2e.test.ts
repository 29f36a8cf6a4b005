/**
 * Every scenario that leaves the host alive, one after the other on one site, each on what the one before left. It uses the addresses and
 * the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { prepareGround, raisePrimary, type Ground, type Primary } from "../../drill/ground";
import { startLoad } from "../../drill/load";
import { newDraft } from "../../drill/record";
import { livingScenarios } from "../../drill/result";
import { scenarios } from "../../drill/scenarios";
import { Timeline } from "../../drill/timeline";
import { cloudDown, cloudReset } from "../../local-cloud/cloud";

const signal = new AbortController().signal;
const minutes = (n: number) => n * 60_000;
let ground: Ground;
let primary: Primary;

const backedUp = () => primary.backups.cycleSince(Date.now(), { generation: 1, seconds: 300, signal });

beforeAll(async () => {
  const timeline = new Timeline();
  ground = await prepareGround({ timeline, signal });
  primary = await raisePrimary(ground, { timeline, signal });
  await primary.seed({ sizeBytes: 0 });
  await backedUp();
}, minutes(15));

afterAll(async () => {
  const log = (line: string) => void console.error(line);
  primary?.backups.close();
  await cloudReset({ keepImages: true, log });
  await cloudDown(log);
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
