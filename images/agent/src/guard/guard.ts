import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { guardConfig, guardFiles, guardPath, guardSecrets, type GuardConfig } from "../../../../contracts/guard";
import type { Log } from "../log";
import { readJson } from "../settings";
import { ticks } from "../ticks";
import { next, type Permission } from "./decide";
import { Generations, type Standing } from "./newest";

/** Seconds between two beats: about so long a service waits when it starts. */
const beatSeconds = 0.5;
/** Seconds between two questions while nothing is known: a host that boots waits for the first answer. */
const impatientSeconds = 2;

export interface GuardPlaces {
  readonly configFile: string;
  readonly secretsFile: string;
  /** The folder that the host's containers see. @default guardPath */
  readonly folder?: string;
}

/** Tells the host's containers whether they may run, until the signal. See docs/decisions/boot-guard.md. */
export async function guard(places: GuardPlaces, log: Log, signal: AbortSignal): Promise<void> {
  const config = await readJson(places.configFile, guardConfig);
  const generations = new Generations(config, await readJson(places.secretsFile, guardSecrets));
  const folder = places.folder ?? guardPath;
  const beat = join(folder, guardFiles.beat);
  let now: Permission = { state: "waiting" };
  // A beat of an earlier boot is no word of this one's.
  await rm(beat, { force: true });
  log.info("guard-asks", { generation: config.generation, bucket: config.s3.bucket, withoutS3: config.withoutS3 });
  try {
    await Promise.all([ask(), beats()]);
  } finally {
    generations.close();
    await rm(beat, { force: true });
  }
  log.info("guard-stopped");

  async function ask(): Promise<void> {
    while (!signal.aborted) {
      const answer = await standing(generations, config, log);
      const then = next(now, answer, config.withoutS3);
      if (then.state !== now.state || JSON.stringify(then) !== JSON.stringify(now)) {
        now = then;
        await enforce(folder, now);
        log.info(`guard-${now.state}`, { ...now, generation: config.generation });
      }
      const known = now.state !== "waiting" && !(now.state === "open" && !now.proved);
      await pause(known ? config.askSeconds : impatientSeconds);
    }
  }

  async function beats(): Promise<void> {
    let n = 0;
    for await (const _ of ticks(beatSeconds, signal)) {
      if (now.state !== "open") continue;
      await put(beat, `${process.pid}-${Date.now()}-${(n += 1)}\n`);
      // It may have been withdrawn while it was written.
      if ((now as Permission).state !== "open") await rm(beat, { force: true });
    }
  }

  async function pause(seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1_000;
    for await (const _ of ticks(Math.min(seconds, 1), signal)) if (Date.now() >= until) return;
  }
}

async function standing(generations: Generations, config: GuardConfig, log: Log): Promise<Standing | undefined> {
  try {
    return await generations.standing();
  } catch (error) {
    log.error("guard-cannot-ask", error, { bucket: config.s3.bucket, withoutS3: config.withoutS3 });
    return undefined;
  }
}

/** What runs stops when `down` is there; it outlives a reboot, until S3 says otherwise. */
async function enforce(folder: string, now: Permission): Promise<void> {
  const down = join(folder, guardFiles.down);
  if (now.state === "down") {
    await rm(join(folder, guardFiles.beat), { force: true });
    await put(down, `${now.why}\n`);
  } else await rm(down, { force: true });
}

/** In one step, so that nobody reads half of it. */
async function put(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o644 });
  await rename(`${file}.new`, file);
}
