import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cloudDown, cloudReset, cloudUp } from "../../local-cloud/cloud";
import { listeners, stateHolder, taken } from "../../local-cloud/holder";
import { state } from "../../local-cloud/state";

/** Another clone, and a process that is its daemon as far as anybody can see. */
let folder: string;
let clone: string;
let daemon: ReturnType<typeof spawn>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "holder-"));
  clone = join(folder, "their-clone");
  vi.stubEnv("SMARTEROS_CACHE", join(folder, "cache"));
  await mkdir(join(clone, "local-cloud"), { recursive: true });
  await mkdir(state.run(), { recursive: true });
  const file = join(clone, "local-cloud", "daemon.ts");
  await writeFile(file, "console.log('up'); setInterval(() => undefined, 1_000);");
  daemon = spawn(process.execPath, ["--require", file, file, "{}"], {
    cwd: clone,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await once(daemon.stdout!, "data");
  await writeFile(state.daemonPid(), String(daemon.pid));
});
afterEach(async () => {
  const ended = once(daemon, "exit");
  daemon.kill();
  await ended;
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const never = Promise.reject<string>(new Error("not asked for"));
never.catch(() => undefined);
const tools = { versitygw: never, vault: never, dockerRegistry: never };
const quiet = { log: () => undefined };

describe("the local cloud of another clone", () => {
  it.each([
    ["up", () => cloudUp({ ...quiet, ...tools, zones: [] })],
    ["down", () => cloudDown(quiet.log)],
    ["reset", () => cloudReset({ ...quiet, keepImages: true })],
  ])("refuses cloud:%s, and says whose it is and how to stop it", async (_, act) => {
    await expect(act()).rejects.toThrow(
      `${state.run()} is taken: the local cloud of ${clone} runs (process ${daemon.pid}); consequence: a machine has room for one local cloud, so nothing was done; fix: npm run cloud:down in ${clone}`,
    );
    expect(daemon.exitCode).toBeNull();
  });

  it("is not another's for the clone itself, nor when its process is gone", async () => {
    expect(await stateHolder(join(clone, "local-cloud", "daemon.ts"))).toBeUndefined();
    await writeFile(state.daemonPid(), "2147483646");
    expect(await stateHolder("/ours/local-cloud/daemon.ts")).toBeUndefined();
  });
});

it("knows who listens by what ss says", () => {
  const output = [
    'LISTEN 0      511    127.10.0.1:8080  0.0.0.0:* users:(("node",pid=29098,fd=35))',
    'LISTEN 0      511             *:443         *:* users:(("caddy",pid=7,fd=3))',
    'LISTEN 0      511          [::]:53       [::]:* users:(("named",pid=8,fd=3))',
    "LISTEN 0      128       0.0.0.0:2024  0.0.0.0:*",
  ].join("\n");
  expect(listeners(output)).toEqual([
    { address: "127.10.0.1:8080", pid: 29098 },
    { address: "127.10.0.1:443", pid: 7 },
    { address: "127.10.0.1:53", pid: 8 },
  ]);
});

it("names a process that is no local cloud by its command and its folder", () => {
  const holder = { pid: 7, command: "caddy run", folder: "/srv", isCloud: false, holds: "127.10.0.1:443" };
  expect(taken(holder).message).toBe(
    "127.10.0.1:443 is taken: process 7 (caddy run), started in /srv, listens there; consequence: a machine has room for one local cloud, so nothing was done; fix: end process 7",
  );
});
