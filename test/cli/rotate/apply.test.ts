import { spawn } from "node:child_process";
import { hostname, tmpdir } from "node:os";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { apply } from "../../../cli/rotate/apply";
import { UpFailed } from "../../../engine/up";

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), "rotate-apply-"));
  vi.stubEnv("SMARTEROS_CACHE", cache);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(cache, { recursive: true });
});

const failed = (reasons: string) => new UpFailed("primary", reasons, false, "log");
const lockedBy = (pid: number, host = hostname()) =>
  failed(
    `the stack is currently locked by 1 lock(s).\n created by ana@${host} (pid ${pid}) at ${new Date(Date.now() + 1_000).toISOString()}`,
  );

/** An engine whose updates end so, one after the other; the last one succeeds. */
function engineThat(...failures: Error[]) {
  const done: string[] = [];
  const up = async () => {
    done.push("up");
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const cancel = async () => void done.push("cancel");
  return { done, engine: { up, cancel } };
}
const words = { heldBy: () => "held", signal: new AbortController().signal };

it("is one update", async () => {
  const { engine, done } = engineThat();
  await apply({ ...words, engine, onWait: () => undefined });
  expect(done).toEqual(["up"]);
});

it("removes the lock that a killed engine left, and goes on", async () => {
  const gone = spawn("true");
  await new Promise((resolve) => gone.once("exit", resolve));
  const { engine, done } = engineThat(lockedBy(gone.pid!));
  await apply({ ...words, engine, onWait: () => undefined });
  expect(done).toEqual(["up", "cancel", "up"]);
});

it("lets an engine that outlived its run end, whose lock goes with it, and takes no lock away", async () => {
  const living = spawn("sleep", ["1000"]);
  const { engine, done } = engineThat(lockedBy(living.pid!));
  const waited: number[] = [];
  await apply({
    ...words,
    engine,
    onWait: ({ pid }) => {
      waited.push(pid);
      living.kill();
    },
  });
  expect([waited, done]).toEqual([[living.pid], ["up", "up"]]);
});

it("leaves another machine's lock alone", async () => {
  const { engine, done } = engineThat(lockedBy(1, "another-machine"));
  await expect(apply({ ...words, engine, onWait: () => undefined })).rejects.toThrow("held");
  expect(done).toEqual(["up"]);
});

it("hands on every other failure", async () => {
  const { engine, done } = engineThat(failed("creating key: NoSuchEntity"));
  await expect(apply({ ...words, engine, onWait: () => undefined })).rejects.toThrow(/NoSuchEntity/);
  expect(done).toEqual(["up"]);
});
