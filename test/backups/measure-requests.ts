import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measured, RequestCount } from "../../backups/cost/measured";
import { expire } from "../../backups/expire/run";
import type { S3Location } from "../../contracts/agent";
import { ensurePki } from "../../local-cloud/pki";
import { s3Client } from "../../stacks/backup-store";
import { ciphers, Cleanup, Host, prepareGround, type StoreGround } from "../images/site";
import { startCountingFront } from "./counting-front";

const cycles = 5;

/**
 * Runs the real agent on a real PostgreSQL against a real S3, and counts what it asks the store for: in a base copy, and in each cycle
 * while rows are written, and while file sets change too. Then what expiry asks for.
 */
export async function measureRequests(address: string, cleanup: Cleanup): Promise<Measured> {
  const ground = await prepareGround(cleanup);
  const pki = await ensurePki(join(ground.dir, "front-pki"));
  const finished = new EventEmitter();
  const front = await startCountingFront({
    pki,
    port: ground.s3.port,
    caPem: ground.s3.caPem!,
    onObject: (key) => key.startsWith("g1/manifests/") && finished.emit("cycle"),
  });
  cleanup.add(() => front.close());
  const s3 = { ...ground.s3, port: front.port, caPem: pki.caPem };
  const host = new Host({ ...ground, s3 }, "measured", address, cleanup);
  await host.startPostgres({ generation: 1 });
  await host.query("odoo", "create table rows (n serial primary key, content text)");
  for (const set of ["odoo", "n8n"]) writeFileSync(join(host.set(set), "file"), randomBytes(1_000_000));

  const copy = async (incrementalEverySeconds: number): Promise<RequestCount> => {
    await host.writeAgentConfig(1, ["odoo", "n8n"], { incrementalEverySeconds, cycleSeconds: 2 });
    front.take();
    await host.agent("init-repo");
    return front.take();
  };
  const fullCopy = await copy(86_400);
  const incrementalCopy = await copy(0.1);
  await host.writeAgentConfig(1, ["odoo", "n8n"], { incrementalEverySeconds: 86_400, cycleSeconds: 2 });

  const running = host.agent("run", undefined, { reject: false });
  const stop = async () => {
    running.kill("SIGTERM");
    await running;
  };
  cleanup.add(stop);
  const nextCycle = () => once(finished, "cycle", { signal: AbortSignal.timeout(60_000) });
  /** A mean over cycles; each begins with the change. */
  const perCycle = async (change: () => Promise<unknown>): Promise<RequestCount> => {
    await nextCycle();
    front.take();
    for (let i = 0; i < cycles; i++) {
      await change();
      await nextCycle();
    }
    return divided(front.take(), cycles);
  };
  const row = () => host.query("odoo", "insert into rows (content) values (md5(random()::text))");
  const file = async (set: string) => writeFileSync(join(host.set(set), "file"), randomBytes(1_000));
  await nextCycle(); // the first one of a process backs up every set
  const cycle = await perCycle(row);
  const bothSets = await perCycle(() => Promise.all([row(), file("odoo"), file("n8n")]));
  await stop();

  /** A set with a snapshot of its own: a process' first cycle makes one. */
  const sets = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await file("odoo");
      await host.agent("cycle");
    }
  };
  const expiring = await expirer(ground, s3, front);
  await expiring.hide();
  await sets(3); // beside the one that is left
  const few = await expiring.hide();
  await sets(3 + cycles);
  const more = await expiring.hide();
  const expiredSet = divided(difference(more.count, few.count), more.dropped - few.dropped);
  return {
    expiryRun: mapped(few.count, (n, key) => Math.round(n - few.dropped * expiredSet[key])),
    expiredSet,
    fullCopy,
    incrementalCopy,
    cycle,
    filesRun: mapped(difference(bothSets, cycle), (n) => Math.round(n * 10) / 10),
  };
}

/** Expires all sets but the newest, three days from now. */
async function expirer(ground: StoreGround, s3: S3Location, front: { take(): RequestCount }) {
  const { s3AccessKey: accessKey, s3SecretKey: secretKey } = await ground.keysOf("expirer", 1);
  const store = s3Client(
    { region: s3.region, endpoint: `https://${s3.host}:${s3.port}`, accessKey, secretKey },
    s3.caPem,
  );
  return {
    /** What is asked for each manifest and each snapshot that is there is left out: one GET each. */
    async hide(): Promise<{ dropped: number; count: RequestCount }> {
      front.take();
      const { sets, snapshots } = await expire({
        s3,
        generation: 1,
        keys: { accessKeyId: accessKey, secretAccessKey: secretKey },
        ciphers: { postgres: ciphers.postgresCipher, files: ciphers.filesCipher },
        store,
        rules: { retention: 86_400, thinning: [] },
        now: Date.now() + 3 * 86_400_000,
        dryRun: false,
      });
      const count = front.take();
      const there = sets.kept + sets.dropped + snapshots + 1;
      return { dropped: sets.dropped, count: { ...count, gets: count.gets - there } };
    },
  };
}

const divided = (count: RequestCount, by: number) => mapped(count, (n) => Math.round((n / by) * 10) / 10);
const difference = (a: RequestCount, b: RequestCount) => mapped(a, (n, key) => n - b[key]);
const mapped = (count: RequestCount, f: (n: number, key: keyof RequestCount) => number) =>
  Object.fromEntries(
    Object.entries(count).map(([key, n]) => [key, f(n as number, key as keyof RequestCount)]),
  ) as unknown as RequestCount;
