import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { guardedScript } from "../../components/services/spec";
import { guardFiles } from "../../contracts/guard";

let folder: string;
let running: ChildProcess[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "guarded-"));
  running = [];
  writeFileSync(join(folder, "env"), "SECRET='it'\\''s'\n");
});
afterEach(() => {
  for (const child of running) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const put = (file: keyof typeof guardFiles, text: string) => writeFileSync(join(folder, guardFiles[file]), text);

/** A container's entrypoint before a command that says that it serves, and serves until it is stopped. */
function start() {
  const script = guardedScript(folder).replace("/run/secrets/smarteros.env", join(folder, "env"));
  const serve =
    'console.log("serves", process.env.SECRET); setInterval(() => {}, 1e6); process.on("SIGTERM", () => process.exit(0))';
  const child = spawn("/bin/sh", ["-c", script, "--", process.execPath, "-e", serve], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.push(child);
  let [out, err] = ["", ""];
  child.stdout.on("data", (d: Buffer) => (out += d.toString()));
  child.stderr.on("data", (d: Buffer) => (err += d.toString()));
  return { child, served: once(child.stdout, "data"), said: () => ({ out, err }), ended: once(child, "exit") };
}
/** Longer than the entrypoint takes to look again. */
const twoLooks = () => delay(600);

describe("a guarded container", () => {
  it("does not start on the word of an earlier boot, and starts on the word of this one", async () => {
    put("beat", "1-of-the-earlier-boot\n");
    const { served, said } = start();
    await twoLooks();
    expect(said().out).toBe("");
    put("beat", "2\n");
    await served;
    expect(said().out).toBe("serves it's\n");
  });
  it("does not start while it must be down, whatever beats", async () => {
    put("down", "generation 2 is active\n");
    const { said } = start();
    for (const beat of ["1", "2", "3"]) {
      await twoLooks();
      put("beat", beat);
    }
    expect(said().out).toBe("");
  });
  it("can be stopped while it waits", async () => {
    const { child, ended } = start();
    await twoLooks();
    child.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
  });
  it("ends by itself when it must be down, and says why", async () => {
    const { served, said, ended } = start();
    await twoLooks();
    put("beat", "1\n");
    await served;
    put("down", "generation 2 is active since 03:00\n");
    expect(await ended).toEqual([0, null]);
    expect(said().err).toContain("the boot guard stops this: generation 2 is active since 03:00");
  });
});
