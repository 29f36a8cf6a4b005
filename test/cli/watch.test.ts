import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { exitCodes, type ExitCode } from "../../cli/exit-codes";
import type { Context } from "../../cli/context";
import { fitted, lookOrWatch, type Looked } from "../../cli/watch";
import { repoRoot } from "../../toolchain/paths";
import { settingsAt, startStand, type Stand } from "./stand";

/** Looks that find one thing after the other, and what was printed of them. */
function watching(looks: readonly Partial<Looked>[], stop = new AbortController()) {
  const printed: string[] = [];
  const context: Context = {
    lang: "en",
    documentLang: "en",
    output: { print: (line) => void printed.push(line), note: () => undefined },
    signal: stop.signal,
  };
  let n = 0;
  const look = async (): Promise<Looked> => ({
    text: `look ${n}`,
    json: { n },
    exitCode: exitCodes.degraded,
    ...looks[n++],
  });
  return { printed, context, look, watching: () => "again" };
}

describe("--watch", () => {
  it("is one look without it", async () => {
    const args = watching([{}]);
    expect(await lookOrWatch(args)).toBe(exitCodes.degraded);
    expect(args.printed).toEqual(["look 0"]);
  });

  it("ends when there is nothing left to look for, a line of JSON for each look", { timeout: 20_000 }, async () => {
    const args = watching([{}, { exitCode: exitCodes.ok, done: true }]);
    const ended = lookOrWatch({ ...args, watch: true, json: true });
    expect(await ended).toBe(exitCodes.ok);
    expect(args.printed).toEqual(['{"n":0}', '{"n":1}']);
  });

  it("ends at once by Ctrl-C, though a look hangs; with the last look's exit code, if there was one", async () => {
    const stop = new AbortController();
    const hangs = { ...watching([], stop), look: () => new Promise<Looked>(() => stop.abort()) };
    expect(await lookOrWatch(hangs)).toBe(exitCodes.interrupted);
    const later = new AbortController();
    const args = watching([{ exitCode: exitCodes.declare as ExitCode }], later);
    const ended = lookOrWatch({ ...args, watch: true });
    await vi.waitFor(() => expect(args.printed).toHaveLength(1));
    later.abort();
    expect(await ended).toBe(exitCodes.declare);
  });

  it("keeps the first lines on a screen that is too low, and counts a long line as the lines that it takes", () => {
    const lines = ["verdict", "x".repeat(100), ...Array.from({ length: 20 }, (_, i) => `line ${i}`)].join("\n");
    expect(fitted(lines, { rows: 40, columns: 120 }, "en")).toBe(lines);
    expect(fitted(lines, { rows: 8, columns: 60 }, "en").split("\n")).toEqual([
      "verdict",
      "x".repeat(100),
      "line 0",
      "line 1",
      "… 18 more line(s): a taller window, or without --watch",
    ]);
    expect(fitted(lines, {}, "en")).toBe(lines);
  });
});

describe("the executable", { timeout: 60_000 }, () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await startStand();
    await stand.engineSays({ config: settingsAt("127.10.9.64") });
  });
  afterAll(() => stand.end());
  const start = (command: string) =>
    spawn("bash", ["-c", command], {
      env: { ...process.env, ...stand.env, LANG: "C", LC_ALL: "C", SMARTER_CONFIG_FILE: stand.configFile },
      stdio: ["ignore", "pipe", "ignore"],
    });
  const smarter = join(repoRoot(), "bin", "smarter");

  it("stops watching when nobody reads any more", async () => {
    const shell = start(`${smarter} status --watch | head -1; exit \${PIPESTATUS[0]}`);
    const [said, [code]] = await Promise.all([text(shell.stdout), once(shell, "exit")]);
    expect(said).toMatch(/^✗ Declare a disaster because:.*\n$/);
    expect(code).toBe(exitCodes.declare);
  });

  it("stops watching when its terminal is closed", async () => {
    const child = start(`exec ${smarter} status --watch`);
    await once(child.stdout, "data");
    child.kill("SIGHUP");
    const [code] = await once(child, "exit");
    expect(code).toBe(exitCodes.declare);
  });
});
