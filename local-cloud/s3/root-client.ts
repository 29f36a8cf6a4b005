import { Agent } from "node:https";
import { S3Client } from "@aws-sdk/client-s3";
import type { Upstream } from "../tls-front";

export interface RootKeys {
  readonly rootAccessKey: string;
  readonly rootSecretKey: string;
}

/** Our own access to a region's versitygw, past the front. */
export const rootClient = ({ socketPath, ca }: Upstream, { rootAccessKey, rootSecretKey }: RootKeys, region?: string) =>
  new S3Client({
    region,
    credentials: { accessKeyId: rootAccessKey, secretAccessKey: rootSecretKey },
    endpoint: "https://localhost",
    forcePathStyle: true,
    requestHandler: { httpsAgent: new Agent({ socketPath, ca } as never) },
  });
