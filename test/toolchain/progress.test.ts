import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { humanSeconds, settleAll, step } from "../../toolchain/progress";

describe("step", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("says that it begins, lives and ends, in plain lines", async () => {
    const lines: string[] = [];
    let packages = 0;
    const work = new Promise<string>((resolve) => setTimeout(() => resolve("made"), 45_000));
    const running = step(
      (line) => void lines.push(line),
      "compile",
      () => work,
      {
        detail: "-> bin",
        estimateSeconds: 50,
        state: () => `${(packages += 10)} packages`,
      },
    );
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await running).toBe("made");
    expect(lines).toEqual([
      "compile -> bin (about 50 s) ...",
      "compile: still running after 20 s, 10 packages",
      "compile: still running after 40 s, 20 packages",
      "compile: done in 45 s",
    ]);
  });

  it("says that it failed, and throws the error as it was", async () => {
    const lines: string[] = [];
    const error = new Error("no disk");
    await expect(
      step(
        (line) => void lines.push(line),
        "download",
        () => Promise.reject(error),
      ),
    ).rejects.toBe(error);
    expect(lines).toEqual(["download ...", "download: failed after 0 s"]);
  });
});

describe("settleAll", () => {
  it("waits for the others before it throws", async () => {
    let finished = false;
    const slow = new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => void (finished = true));
    await expect(settleAll([Promise.reject(new Error("first")), slow])).rejects.toThrow("first");
    expect(finished).toBe(true);
  });

  it("names every failure", () =>
    expect(settleAll([Promise.reject(new Error("one")), Promise.reject(new Error("two"))])).rejects.toThrow(
      "one\ntwo",
    ));

  it("gives the results in order", async () =>
    expect(await settleAll([Promise.resolve(1), Promise.resolve("b")])).toEqual([1, "b"]));
});

it("humanSeconds rounds to what a reader needs", () => {
  expect([40, 59.4, 60, 390].map(humanSeconds)).toEqual(["40 s", "59 s", "1 min", "7 min"]);
});
