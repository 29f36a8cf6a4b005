import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";
import type { Props } from "../provider";

/** What every resource of the stand-in works with. */
export interface Aws {
  /** For the region of a resource. @default the provider's region */
  s3(region?: string): S3Client;
  readonly iam: IAMClient;
  /** The provider's region. */
  readonly region: string;
}

const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]).default(false);

const providerConfig = z.strictObject({
  region: z.string().optional(),
  accessKey: z.string().optional(),
  secretKey: z.string().optional(),
  token: z.string().optional(),
  endpoints: z
    .array(z.strictObject({ s3: z.string(), iam: z.string(), sts: z.string(), s3control: z.string() }).partial())
    .default([]),
  s3UsePathStyle: flag,
  customCaBundle: z.string().optional(),
  maxRetries: z.coerce.number().int().optional(),
  // What these would skip, the stand-in never does.
  skipCredentialsValidation: flag,
  skipMetadataApiCheck: flag,
  skipRegionValidation: flag,
  skipRequestingAccountId: flag,
  stsRegion: z.string().optional(),
});

/**
 * Clients for the endpoints, region and credentials of the provider's configuration, else of the usual AWS environment variables. It
 * speaks to the endpoints that it is told and never to AWS itself: for that, take the real plugin.
 */
export function configure(config: Props): Aws {
  const parsed = providerConfig.safeParse(config);
  if (!parsed.success) throw new Error(`provider aws: ${z.prettifyError(parsed.error)}`);
  const { endpoints, maxRetries, s3UsePathStyle, ...options } = parsed.data;
  const env = process.env;
  const endpoint = Object.assign({}, ...endpoints) as Partial<Record<"s3" | "iam", string>>;

  const region = required("region", options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"], "AWS_REGION");
  const accessKeyId = required("accessKey", options.accessKey ?? env["AWS_ACCESS_KEY_ID"], "AWS_ACCESS_KEY_ID");
  const secretAccessKey = required(
    "secretKey",
    options.secretKey ?? env["AWS_SECRET_ACCESS_KEY"],
    "AWS_SECRET_ACCESS_KEY",
  );
  const sessionToken = options.token ?? env["AWS_SESSION_TOKEN"];
  const ca = extraCertificates(options.customCaBundle ?? env["AWS_CA_BUNDLE"] ?? env["SSL_CERT_FILE"]);
  const common = {
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    maxAttempts: maxRetries === undefined ? undefined : maxRetries + 1,
    requestHandler: { httpsAgent: new Agent({ keepAlive: true, ca }) },
  };
  const s3Endpoint = required("endpoints[].s3", endpoint.s3);
  const iamEndpoint = required("endpoints[].iam", endpoint.iam);
  const clients = new Map<string, S3Client>();
  const newS3 = (inRegion: string) =>
    new S3Client({
      ...common,
      region: inRegion,
      endpoint: s3Endpoint,
      forcePathStyle: s3UsePathStyle,
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
  return {
    region,
    s3(inRegion = region) {
      const client = clients.get(inRegion) ?? newS3(inRegion);
      clients.set(inRegion, client);
      return client;
    },
    // IAM is a global service: it signs for us-east-1 wherever the buckets are.
    iam: new IAMClient({ ...common, region: "us-east-1", endpoint: iamEndpoint }),
  };
}

function required(property: string, value: string | undefined, variable?: string): string {
  if (value) return value;
  const or = variable ? ` or the environment variable ${variable}` : " (the stand-in does not speak to AWS itself)";
  throw new Error(`provider aws: "${property}" is missing; fix: set aws:${property.split("[")[0]}${or}`);
}

/** Node reads NODE_EXTRA_CA_CERTS itself; the variables of other programs it does not. */
function extraCertificates(file: string | undefined): string[] | undefined {
  return file ? [...rootCertificates, readFileSync(file, "utf8")] : undefined;
}
