import { describe, expect, it } from "vitest";
import type { Answer, FenceAttempt } from "../../contracts/fence";
import { decide, refusal, type Observed } from "../../fence/decide";

const tried = (way: FenceAttempt["way"], outcome: FenceAttempt["outcome"]): FenceAttempt => ({
  way,
  outcome,
  detail: "as it was",
  seconds: 1,
});
const at = (...ports: Answer["port"][]): Answer[] => ports.map((port) => ({ address: "5.75.128.10", port }));
const keysOff = tried("writer-keys", "done");
const noSsh = tried("ssh", "failed");
const seen = (change: Partial<Observed>): Observed => ({
  attempts: [noSsh, keysOff],
  answeredBefore: [],
  answeredAfter: [],
  ...change,
});

describe("the old site", () => {
  it("is dead when nothing answers", () => expect(decide(seen({}))).toEqual({ verdict: "dead" }));
  it.each(["ssh", "hetzner", "hostinger"] as const)("is fenced off when %s stopped it and it serves no more", (way) =>
    expect(
      decide(
        seen({
          attempts: [tried(way, "done"), keysOff],
          answeredBefore: at("ssh", "http", "https"),
          answeredAfter: at("ssh"),
        }),
      ),
    ).toEqual({ verdict: "fenced" }),
  );
  it.each([
    [
      "it still serves",
      { attempts: [tried("ssh", "done"), keysOff], answeredAfter: at("https") },
      /still serves at 5.75.128.10 \(https\)/,
    ],
    [
      "its host lives and nothing stopped it",
      { answeredAfter: at("ssh") },
      /answered at 5.75.128.10 \(ssh\) and nothing stopped it/,
    ],
    [
      "it served a moment ago and nothing stopped it",
      { answeredBefore: at("https") },
      /answered at .* and nothing stopped it/,
    ],
    [
      "its backup key is not off",
      { attempts: [noSsh, tried("writer-keys", "failed")] },
      /its key for writing backups is not off/,
    ],
  ] as const)("may go on when %s: refused, unless somebody says why not", (_, change, risk) => {
    const decision = decide(seen(change));
    expect(decision).toEqual({ verdict: "refused", risks: [expect.stringMatching(risk)] });
    expect(decide(seen({ ...change, acceptSplitBrain: "the owner said so" }))).toEqual({
      verdict: "split-brain",
      accepted: { reason: "the owner said so", risks: [expect.stringMatching(risk)] },
    });
  });
  it("needs no exception when there is nothing to accept", () =>
    expect(decide(seen({ acceptSplitBrain: "the owner said so" }))).toEqual({ verdict: "dead" }));
});

it("a refusal says why, what was tried, and how to go on", () =>
  expect(refusal(["it still serves at 5.75.128.10 (https)"], [noSsh])).toMatchInlineSnapshot(`
    "the old site could not be fenced off: it still serves at 5.75.128.10 (https); two sites would take orders at once, and what one of them takes is lost
      - ssh: failed after 1.0 s: as it was
    fix: switch it off in its provider's panel, or give the fence a way to it (smarteros:site.fence in docs/configuration.md), and run this again; to go on in spite of it: smarter failover activate --accept-split-brain REASON, or recovery:acceptSplitBrain"
  `));
