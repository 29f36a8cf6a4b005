import { expect, it } from "vitest";
import { Bell, ticks } from "../../images/agent/src/ticks";

/** How many ticks of an hour come, when the bell is rung so often during each; it stops at the first without. */
async function ticksWhen(bell: Bell, rings: readonly number[]): Promise<number> {
  const stop = new AbortController();
  let count = 0;
  for await (const _ of ticks(3600, stop.signal, bell)) {
    const times = rings[count++] ?? 0;
    for (let i = 0; i < times; i++) bell.ring();
    if (times === 0) stop.abort();
  }
  return count;
}

it("ticks once more for each tick during which it was rung, however often", async () => {
  expect(await ticksWhen(new Bell(), [1, 3, 1])).toBe(4);
});

it("ends a wait at once", async () => {
  const [bell, stop] = [new Bell(), new AbortController()];
  const all = ticks(3600, stop.signal, bell);
  await all.next();
  const second = all.next();
  bell.ring();
  expect(await second).toEqual({ value: undefined, done: false });
  stop.abort();
  expect((await all.next()).done).toBe(true);
});

it("counts no ring of before the first tick", async () => {
  const bell = new Bell();
  bell.ring();
  expect(await ticksWhen(bell, [])).toBe(1);
});
