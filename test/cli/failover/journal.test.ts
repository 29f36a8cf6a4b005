import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Journal } from "../../../cli/failover/journal";
import { locksIn, staleLocks } from "../../../engine/lock";
import { identify, isAlive } from "../../../engine/process";
import { hostname } from "node:os";

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), "journal-"))));
afterEach(() => rm(root, { recursive: true }));

/** A process that lives until it is killed. */
async function sleeper() {
  const child = spawn("sleep", ["1000"]);
  await once(child, "spawn");
  return {
    pid: child.pid!,
    kill: async () => {
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

const holderFile = () => join(root, "smarter.test-g2", "holder.json");
const rewrite = async (change: object) =>
  writeFile(holderFile(), JSON.stringify({ ...JSON.parse(await readFile(holderFile(), "utf8")), ...change }));
const journal = () => new Journal("smarter.test", 2, root);

describe("a process", () => {
  it("is not another one that was given its number", async () => {
    const self = (await identify(process.pid))!;
    expect(await isAlive(self)).toBe(true);
    expect(await isAlive({ ...self, born: "Thu Jan  1 00:00:00 1970" })).toBe(false);
    const other = await sleeper();
    const id = (await identify(other.pid))!;
    await other.kill();
    expect(await isAlive(id)).toBe(false);
  });
});

describe("who is in charge on this machine", () => {
  it("is the first; the second is told who, while the first lives", async () => {
    expect(await journal().take("ana@laptop")).toBeUndefined();
    expect(await journal().take("bob@laptop")).toMatchObject({
      alive: "smarter",
      holder: { operator: "ana@laptop", smarter: { pid: process.pid } },
    });
    await journal().release();
    expect(await journal().take("bob@laptop")).toBeUndefined();
  });

  it("is nobody once the run was killed, engine and all", async () => {
    const [run, engine] = [await sleeper(), await sleeper()];
    await journal().take("ana@laptop");
    await rewrite({ smarter: await identify(run.pid), engine: await identify(engine.pid) });
    await run.kill();
    await engine.kill();
    expect(await journal().held()).toBeUndefined();
    expect(await journal().take("bob@laptop")).toBeUndefined();
  });

  it("passes on with the engine of a run that was killed alone", async () => {
    const [run, engine] = [await sleeper(), await sleeper()];
    await journal().take("ana@laptop");
    await journal().engineStarted(engine.pid, "/tmp/up.log");
    await rewrite({ smarter: await identify(run.pid) });
    await run.kill();
    expect(await journal().take("bob@laptop")).toMatchObject({
      alive: "engine",
      holder: { operator: "ana@laptop", log: "/tmp/up.log" },
    });
    // Bob's now: were he killed too, the engine would still be known.
    expect(JSON.parse(await readFile(holderFile(), "utf8"))).toMatchObject({
      operator: "bob@laptop",
      engine: { pid: engine.pid },
      log: "/tmp/up.log",
    });
    await engine.kill();
  });

  it("is one of many that try at once", async () => {
    const taken = await Promise.all(Array.from({ length: 5 }, (_, i) => journal().take(`operator-${i}`)));
    expect(taken.filter((held) => held === undefined)).toHaveLength(1);
  });
});

it("keeps what was decided, over all runs", async () => {
  await journal().take("ana@laptop");
  await journal().note({ at: "2026-11-24T03:00:00.000Z", by: "ana@laptop", what: "activated", detail: "VPS lost" });
  await journal().note({ at: "2026-11-24T03:05:00.000Z", by: "bob@laptop", what: "took-over", detail: "" });
  expect((await journal().entries()).map(({ by, what }) => `${by} ${what}`)).toEqual([
    "ana@laptop activated",
    "bob@laptop took-over",
  ]);
});

describe("the state's lock", () => {
  const message = (user: string, host: string, pid: number, since: string) =>
    `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/.pulumi/locks/organization/smarteros/recovery/1.json?no_tmp_dir=true: created by ${user}@${host} (pid ${pid}) at ${since}`;

  it("is read from the engine's message, and from no other", () => {
    expect(locksIn(message("ana", "laptop", 4711, "2026-11-24T03:00:00Z"))).toEqual([
      { user: "ana", host: "laptop", pid: 4711, since: "2026-11-24T03:00:00Z" },
    ]);
    expect(locksIn("error: server.create: created by ana@laptop (pid 1) at noon")).toEqual([]);
  });

  it("is stale only when its process is gone from this machine", async () => {
    const living = await sleeper();
    const now = new Date().toISOString();
    const lock = { user: "ana", host: hostname(), pid: living.pid, since: now };
    expect(await staleLocks([lock])).toBe(false);
    // The number was given to a younger process.
    expect(await staleLocks([{ ...lock, since: "2020-01-01T00:00:00Z" }])).toBe(true);
    await living.kill();
    expect(await staleLocks([lock])).toBe(true);
    expect(await staleLocks([{ ...lock, host: "another" }])).toBe(false);
    expect(await staleLocks([])).toBe(false);
  });
});
