import { Agent } from "node:https";
import { IAMClient } from "@aws-sdk/client-iam";
import type { StoreAccess } from "./backup-store";

/** How IAM is reached: the provider's own configuration, else the SDK's defaults. */
export interface IamAccess extends Pick<StoreAccess, "accessKey" | "secretKey" | "profile"> {
  /** Instead of AWS' own. */
  readonly endpoint?: string;
}

/** @param caPem authority of an endpoint that this process does not trust by itself */
export function iamClient({ endpoint, accessKey, secretKey, profile }: IamAccess, caPem?: string): IAMClient {
  // Else it warns of the Node versions of the coming years in the middle of its answer.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  return new IAMClient({
    // IAM is a global service: it signs for us-east-1 wherever the buckets are.
    region: "us-east-1",
    ...(endpoint ? { endpoint } : {}),
    ...(profile ? { profile } : {}),
    ...(accessKey && secretKey ? { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } } : {}),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      throwOnRequestTimeout: true,
      ...(caPem ? { httpsAgent: new Agent({ ca: caPem }) } : {}),
    },
  });
}
