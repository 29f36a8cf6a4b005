import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { commandLine, livePid, stopProcess } from "../../../local-cloud/processes";
import { waitUntil } from "../../../local-cloud/wait";

let dir: string;
let child: ChildProcess;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "processes-"));
  child = spawn("sleep", ["1000"]);
  await writeFile(join(dir, "sleep.pid"), `${child.pid}\n`);
});
afterEach(async () => {
  child.kill("SIGKILL");
  await rm(dir, { recursive: true });
});

it("trusts a pid file only when the process is the one that is meant", async () => {
  expect(await livePid(join(dir, "sleep.pid"), "1000")).toBe(child.pid);
  expect(await livePid(join(dir, "sleep.pid"), "dockerd")).toBeUndefined();
  expect(await livePid(join(dir, "absent.pid"), "1000")).toBeUndefined();
});

it("ends a process and waits until it has gone", async () => {
  await stopProcess(child.pid!, "sleep");
  expect(await commandLine(child.pid!)).toBeUndefined();
});

it("says what it waited for, how long, why it gave up and where to look", async () => {
  const wait = waitUntil(() => Promise.reject(new Error("connection refused")), {
    what: "the moon",
    seconds: 0,
    hint: () => "see the sky",
  });
  await expect(wait).rejects.toThrow("waited up to 0 s for the moon: connection refused; see the sky");
  const pointless = waitUntil(() => false, { what: "the moon", seconds: 60, unless: async () => "it has exited" });
  await expect(pointless).rejects.toThrow("for the moon: it has exited");
});
