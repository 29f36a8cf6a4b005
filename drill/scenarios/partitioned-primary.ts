import { fenceResult } from "../../contracts/fence";
import { addresses, credentials } from "../../local-cloud/addresses";
import { s3Client } from "../../stacks/backup-store";
import { comeBack } from "../partition";
import { drillSite } from "../settings";
import { failover } from "./failover";
import type { Scenario, Stage } from "./scenario";
import { tell } from "../timeline-words";

/** The host lives on, but nobody reaches it: it is fenced off and replaced, and then comes back. */
export const partitionedPrimary: Scenario = {
  name: "partitioned-primary",
  run: (stage, draft) =>
    failover(stage, draft, {
      loss: (address) => tell("cutOff", address),
      lose: () => stage.cloud.connectHostinger(false),
      afterwards: (outputs) => returning(stage, outputs),
    }),
};

async function returning({ cloud, onVps, site, timeline }: Stage, outputs: Readonly<Record<string, unknown>>) {
  const { verdict, seconds, decidedAt } = fenceResult.parse(outputs["fence"]);
  timeline.event(tell("fenced", verdict, `${seconds.toFixed(1)} s`));
  const { awsAccessKey: accessKey, awsSecretKey: secretKey } = credentials;
  const s3 = s3Client(
    { region: drillSite.region, endpoint: addresses.s3.operatorUrl, accessKey, secretKey },
    cloud.pki.caPem,
  );
  try {
    const recovered = String(outputs["address"]);
    return await comeBack({ cloud, onVps, site, s3, bucket: drillSite.bucket, decidedAt, recovered });
  } finally {
    s3.destroy();
  }
}
