import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** The first full backup of a large cluster takes its time. */
export const initialisationSeconds = 3600;

const heartbeat = z.discriminatedUnion("state", [
  z.object({ state: z.literal("initialising"), since: z.iso.datetime() }),
  z.object({ state: z.literal("cycling"), lastFinishedAt: z.iso.datetime(), cycleSeconds: z.number() }),
]);
export type Heartbeat = z.infer<typeof heartbeat>;

const fileIn = (runDir: string) => join(runDir, "heartbeat.json");

export async function writeHeartbeat(runDir: string, beat: Heartbeat): Promise<void> {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  await writeFile(`${fileIn(runDir)}.new`, JSON.stringify(beat));
  await rename(`${fileIn(runDir)}.new`, fileIn(runDir));
}

/** @throws saying why the agent is not healthy; returns why it is */
export async function readHealth(runDir: string): Promise<string> {
  return judge(heartbeat.parse(JSON.parse(await readFile(fileIn(runDir), "utf8"))), Date.now());
}

/** Healthy: a cycle finished within three times its interval, or the first one has not been waited for too long. */
export function judge(beat: Heartbeat, now: number): string {
  const secondsSince = (time: string) => Math.round((now - Date.parse(time)) / 1000);
  switch (beat.state) {
    case "initialising": {
      const seconds = secondsSince(beat.since);
      if (seconds > initialisationSeconds)
        throw new Error(
          `no cycle has finished in the ${seconds} s since the start; allowed: ${initialisationSeconds} s`,
        );
      return `initialising since ${seconds} s`;
    }
    case "cycling": {
      const seconds = secondsSince(beat.lastFinishedAt);
      const allowed = 3 * beat.cycleSeconds;
      if (seconds > allowed)
        throw new Error(`the last cycle finished ${seconds} s ago; allowed: ${allowed} s (three cycles)`);
      return `the last cycle finished ${seconds} s ago`;
    }
    default:
      return beat satisfies never;
  }
}
