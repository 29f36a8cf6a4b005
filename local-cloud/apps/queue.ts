import { createClient } from "@redis/client";
import pRetry from "p-retry";
import { check, describe, type Check } from "./role";

/** Seconds in which Redis must take the first connection. */
const startDeadlineSeconds = 60;

/** Jobs in Redis, done one after the other; none is lost when the process dies in the middle of one. */
export interface Queue<Job> {
  /** Resolves when Redis has the job. */
  push(job: Job): Promise<void>;
  check(): Promise<Check>;
  close(): Promise<void>;
}

/**
 * Opens a queue and starts to work on it. A job stays in `<name>:processing` until it is done, and goes back to the queue
 * at the next start (https://redis.io/docs/latest/commands/lmove/, "reliable queue"): so `work` may see a job twice.
 */
export async function openQueue<Job>(
  url: string,
  name: string,
  work: (job: Job) => Promise<void>,
): Promise<Queue<Job>> {
  const processing = `${name}:processing`;
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: 3_000, reconnectStrategy: (retries) => Math.min(100 * 2 ** Math.min(retries, 4), 1_000) },
  });
  client.on("error", (error) => console.error(`redis: ${describe(error)}`));
  await connect(client);
  while ((await client.lMove(processing, name, "RIGHT", "LEFT")) !== null);

  // A blocking read holds its connection, so it has one of its own.
  const reader = client.duplicate();
  reader.on("error", (error) => console.error(`redis: ${describe(error)}`));
  await connect(reader);
  const stopped = new AbortController();
  const report = ({ error }: { error: Error }) => {
    if (!stopped.signal.aborted) console.error(`queue ${name}: will try again: ${describe(error)}`);
  };
  const patiently = {
    signal: stopped.signal,
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 100,
    maxTimeout: 1_000,
    onFailedAttempt: report,
  };
  const working = (async () => {
    while (!stopped.signal.aborted) {
      const raw = await pRetry(() => reader.blMove(name, processing, "RIGHT", "LEFT", 1), patiently);
      if (raw === null) continue;
      await pRetry(() => work(JSON.parse(raw) as Job), patiently);
      await pRetry(() => client.lRem(processing, 1, raw), patiently);
    }
  })().catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  return {
    push: async (job) => void (await client.lPush(name, JSON.stringify(job))),
    check: () =>
      check("redis", async () => {
        await client.ping();
        return `${await client.lLen(name)} messages wait in ${name}`;
      }),
    close: async () => {
      stopped.abort();
      reader.destroy();
      await working;
      client.destroy();
    },
  };
}

/** Asks a Redis server once, on a connection of its own. @returns its version @throws when it does not answer */
export async function pingRedis(url: string): Promise<string> {
  const client = createClient({ url, socket: { connectTimeout: 3_000, reconnectStrategy: false } });
  // Without a listener, an error would end the process; the same error rejects `connect` or the command.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.ping();
    return /redis_version:(\S+)/.exec(await client.info("server"))?.[1] ?? "unknown version";
  } finally {
    if (client.isOpen) client.destroy();
  }
}

async function connect(client: { connect(): Promise<unknown>; destroy(): void }): Promise<void> {
  const deadline = AbortSignal.timeout(startDeadlineSeconds * 1_000);
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener("abort", () =>
      reject(new Error(`redis: no connection in ${startDeadlineSeconds} s; fix: check that Redis runs at REDIS_URL`)),
    );
  });
  try {
    await Promise.race([client.connect(), late]);
  } catch (error) {
    client.destroy();
    throw error;
  }
}
