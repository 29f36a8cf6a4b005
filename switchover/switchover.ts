import { readFile } from "node:fs/promises";
import { setInterval } from "node:timers/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import { expandHome } from "../components/host/paths";
import { runOverSsh, type SshHost } from "../components/host/ssh";
import type { SwitchoverResult, SwitchoverSpec } from "../contracts/switchover";
import {
  newestManifests,
  readClaim,
  searchSets,
  withStore,
  type Claim,
  type StoreAccess,
} from "../stacks/backup-store";
import { claimedProblem, claimGeneration } from "../stacks/claim";
import { heldSaid, holdsOf } from "../stacks/holds";
import { cycleNowScript, quiesceScript, resumeScript } from "./scripts";

/** Seconds that a service has to end what it was asked; longer, and the write pause is longer. What it did not acknowledge is not lost. */
const stopSeconds = 10;
/** Seconds in which the last backup must be there: after that the site that served had better serve again. */
const backupSeconds = 180;
/** Milliseconds between two looks for it. */
const lookEvery = 200;
/** Manifests that are read at most in search of it. */
const depth = 5;
/** Milliseconds for each of the scripts. */
const deadline = 60_000;

/** The site that served was not replaced. */
export class NotSwitched extends Error {}

/**
 * Takes the site that serves out of service: stops what writes there, waits for a backup of after that, and claims the generation that takes over with
 * it. No acknowledged write is lost: nobody writes after the backup. Claimed before, it does nothing. Failed before the claim, the services are
 * started again. Killed at any moment it can be run again.
 * @throws NotSwitched with the cause, and whether the site serves again
 */
export async function switchOver(spec: SwitchoverSpec): Promise<SwitchoverResult> {
  return withStore(storeOf(spec), async (s3) => {
    const before = await readClaim(s3, spec.bucket, spec.generation);
    if (before) return claimedBefore(spec, before);
    const active = await activeHost(spec);
    const pausedAt = new Date().toISOString();
    try {
      const quiescedAt = (await runOverSsh(active, quiesceScript(spec.services, stopSeconds), { deadline })).trim();
      await runOverSsh(active, cycleNowScript, { deadline });
      const manifestKey = await backupOfAfter(spec, s3, quiescedAt);
      const theirs = await claimGeneration(s3, spec.bucket, { ...claimOf(spec), manifestKey });
      return theirs ? claimedBefore(spec, theirs) : { pausedAt, quiescedAt, manifestKey };
    } catch (error) {
      throw await undone(spec, active, s3, error as Error);
    }
  });
}

async function activeHost({ active, generation }: SwitchoverSpec): Promise<SshHost> {
  if (!active) throw new NotSwitched(`generation ${generation} is not claimed, and the host that serves is not known`);
  const { address: host, privateKeyFile, ...known } = active;
  return { host, ...known, privateKey: await readFile(expandHome(privateKeyFile), "utf8") };
}

const storeOf = ({ aws }: SwitchoverSpec): StoreAccess => ({
  region: aws.region,
  ...(aws.endpoint ? { endpoint: aws.endpoint } : {}),
  ...(aws.accessKey ? { accessKey: aws.accessKey } : {}),
  ...(aws.secretKey ? { secretKey: aws.secretKey } : {}),
  ...(aws.profile ? { profile: aws.profile } : {}),
});

const claimOf = ({ generation, from, operator }: SwitchoverSpec): Omit<Claim, "manifestKey"> => ({
  generation,
  restoreFrom: from,
  targetTime: null,
  claimedAt: new Date().toISOString(),
  claimedBy: operator,
});

/** An earlier run of ours came as far as the claim: its backup holds everything. @throws NotSwitched when it is another's */
function claimedBefore({ operator, from }: SwitchoverSpec, claim: Claim): SwitchoverResult {
  const ours = claim.claimedBy === operator && claim.restoreFrom === from;
  if (!ours) throw new NotSwitched(claimedProblem(claim)("en"));
  return { pausedAt: null, quiescedAt: null, manifestKey: claim.manifestKey };
}

/** The newest valid set, once it is of after a time. @returns its key @throws when none comes, or it looks encrypted */
async function backupOfAfter({ bucket, from, passwords }: SwitchoverSpec, s3: S3Client, time: string): Promise<string> {
  const end = performance.now() + backupSeconds * 1_000;
  for await (const _ of setInterval(lookEvery)) {
    const keys = (await newestManifests(s3, bucket, from)).slice(0, depth);
    const { chosen } = await searchSets(s3, bucket, { keys, passwords, generation: from });
    if (chosen && Date.parse(chosen.manifest.body.consistentAt) > Date.parse(time)) {
      const held = await holdsOf(s3, bucket, from);
      if (held.length > 0) throw new Error(`the backups of generation ${from} are held: ${heldSaid(held)("en")}`);
      return chosen.key;
    }
    if (performance.now() > end) break;
  }
  throw new Error(
    `no backup of after ${time} came within ${backupSeconds} s; fix: docker logs agent, on the site that serves`,
  );
}

/** What is to be said, once the services were started again; not after a claim, which this one's set belongs to: what they wrote then would be lost. */
async function undone(spec: SwitchoverSpec, active: SshHost, s3: S3Client, cause: Error): Promise<Error> {
  if (cause instanceof NotSwitched) return cause;
  const names = spec.services.join(" ");
  const claimed = await readClaim(s3, spec.bucket, spec.generation).then(
    (claim) => claim !== undefined,
    () => undefined,
  );
  if (claimed === true)
    return new NotSwitched(`${cause.message}; generation ${spec.generation} is claimed: the same command goes on`, {
      cause,
    });
  if (claimed === undefined)
    return new NotSwitched(
      `${cause.message}; whether generation ${spec.generation} is claimed is not known, so the services stay stopped; fix: the same command, or, where it is not claimed, on ${active.host}: docker start ${names}`,
      { cause },
    );
  return runOverSsh(active, resumeScript(spec.services), { deadline }).then(
    () =>
      new NotSwitched(
        `${cause.message}; nothing was taken over: the services were started again, and the site serves`,
        { cause },
      ),
    (error: Error) =>
      new NotSwitched(
        `${cause.message}; nothing was taken over, and the services could not be started again (${error.message}); fix: on ${active.host}: docker start ${names}`,
        { cause },
      ),
  );
}
