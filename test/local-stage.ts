import { prepareGround, raisePrimary, type Ground, type Primary } from "../drill/ground";
import { Timeline } from "../drill/timeline";
import { cloudDown, cloudReset } from "../local-cloud/cloud";
import { addresses, credentials } from "../local-cloud/addresses";
import { drillSite } from "../drill/settings";
import { jsonApi } from "./local-cloud/json-api";

/** What end-to-end tests on the local cloud share. They use the addresses and the cache of `npm run cloud:up`, and leave that cloud wiped and down. */
export const timeline = new Timeline();
export const signal = new AbortController().signal;
export const log = (line: string): void => void timeline.event(line);
export const minutes = (n: number): number => n * 60_000;

export const hetzner = jsonApi(addresses.hetzner.url, credentials.hetznerToken);
/** The operator's own access to S3. */
export const operatorStore = {
  region: drillSite.region,
  endpoint: addresses.s3.operatorUrl,
  accessKey: credentials.awsAccessKey,
  secretKey: credentials.awsSecretKey,
};

export interface Stage {
  readonly ground: Ground;
  readonly primary: Primary;
  /** A backup cycle that began after this was called. */
  readonly backedUp: (seconds?: number) => ReturnType<Primary["backups"]["cycleSince"]>;
}

/** A living company: nothing of it is backed up yet. */
export async function raiseStage(seed: Partial<Parameters<Primary["seed"]>[0]> = {}): Promise<Stage> {
  const ground = await prepareGround({ timeline, signal });
  const primary = await raisePrimary(ground, { timeline, signal });
  await primary.seed({ sizeBytes: 0, ...seed });
  const backedUp = (seconds = 300) => primary.backups.cycleSince(Date.now(), { generation: 1, seconds, signal });
  return { ground, primary, backedUp };
}

/** Wipes the local cloud and ends it. @param primary undefined: it never came up */
export async function strikeStage(primary: Primary | undefined): Promise<void> {
  primary?.backups.close();
  await cloudReset({ keepImages: true, log });
  await cloudDown(log);
}
