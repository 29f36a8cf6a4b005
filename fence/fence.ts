import { PutObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { generationLayout, type Activation } from "../contracts/generation";
import type { FenceAttempt, FenceResult, FenceSpec, FenceWay } from "../contracts/fence";
import { within } from "../outside/within";
import { s3Client } from "../stacks/backup-store";
import { iamClient } from "../stacks/iam-client";
import { answersOf } from "./answers";
import { decide, refusal } from "./decide";
import { powerOffAtHetzner, stopAtHostinger } from "./ways/provider";
import { stopBySsh } from "./ways/ssh";
import type { WayResult } from "./ways/way";
import { deactivateWriters } from "./ways/writer-keys";

/** Seconds for each step; one after the other they stay below 20. */
export const fenceSeconds = { firstLook: 3, ways: 12, lastLook: 3 } as const;

/**
 * Fences the old site off, by every way at once, looks whether it still answers, and decides. With a decision that lets the recovery go on,
 * the new generation is the active one: from then on older ones stay down by themselves.
 * Refused, the backup keys are on again: the old site is the only one there is.
 * @param caPem authority of a store that this process does not trust by itself
 * @throws FenceRefused when the old site may go on and nobody took the consequences
 */
export async function fence(spec: FenceSpec, caPem?: string): Promise<FenceResult> {
  const began = Date.now();
  const { accessKey, secretKey, profile, iamEndpoint } = spec.aws;
  const iam = iamClient({ accessKey, secretKey, profile, endpoint: iamEndpoint }, caPem);
  const look = async (seconds: number) =>
    (await Promise.all(spec.addresses.map((address) => answersOf(address, spec.domain, seconds)))).flat();
  const ways: Record<FenceWay, Way> = {
    ssh: () => stopBySsh(spec, fenceSeconds.ways * 1_000),
    hetzner: (signal) => powerOffAtHetzner(spec, signal),
    hostinger: (signal) => stopAtHostinger(spec, signal),
    "writer-keys": () => deactivateWriters(iam, spec),
  };
  const trying = Promise.all(Object.entries(ways).map(([way, run]) => attempt(way as FenceWay, run)));
  const [answeredBefore, tried] = await Promise.all([look(fenceSeconds.firstLook), trying]);
  const answeredAfter = await look(fenceSeconds.lastLook);
  const attempts = tried.map(({ attempt }) => attempt);
  const decision = decide({ attempts, answeredBefore, answeredAfter, acceptSplitBrain: spec.acceptSplitBrain });
  if (decision.verdict === "refused") {
    const undone = await Promise.all(tried.map(({ undo }) => undo?.()));
    throw new FenceRefused(
      refusal(
        decision.risks,
        attempts,
        undone.flatMap((said) => said ?? []),
      ),
    );
  }
  const decidedAt = new Date().toISOString();
  const seconds = (Date.now() - began) / 1_000;
  await activate(spec, decidedAt, caPem);
  return { ...decision, decidedAt, seconds, attempts, answeredBefore, answeredAfter };
}

export class FenceRefused extends Error {}

type Way = (signal: AbortSignal) => Promise<WayResult>;

/** One way, with its deadline. Never rejects: that it failed is its result. */
async function attempt(way: FenceWay, run: Way): Promise<{ attempt: FenceAttempt; undo?: WayResult["undo"] }> {
  const began = Date.now();
  const { undo, ...result } = await within(fenceSeconds.ways, run).catch((error: Error) => ({
    outcome: "failed" as const,
    detail: error.message,
    undo: undefined,
  }));
  return { attempt: { way, ...result, seconds: (Date.now() - began) / 1_000 }, undo };
}

/** Says in S3 that this generation is the active one. Said before by a run that was killed, it stays as it was. @throws the store's error */
async function activate(
  { aws, bucket, generation, operator }: FenceSpec,
  activatedAt: string,
  caPem?: string,
): Promise<void> {
  const s3 = s3Client({ ...aws, endpoint: aws.s3Endpoint }, caPem);
  const Body = JSON.stringify({ generation, activatedAt, activatedBy: operator } satisfies Activation);
  const Key = generationLayout(generation).active;
  try {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key, Body, ContentType: "application/json", IfNoneMatch: "*" }),
    );
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412)) throw error;
  } finally {
    s3.destroy();
  }
}
