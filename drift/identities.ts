import { Agent } from "node:https";
import {
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
} from "@aws-sdk/client-iam";
import type { StackConfig } from "../stacks/config";
import type { Change, DriftedResource } from "./model";
import type { StateResource } from "./state";

/** How IAM is reached: the provider's own configuration, else the SDK's defaults. */
export interface IamArgs {
  readonly endpoint?: string;
  readonly aws: Pick<StackConfig["aws"], "accessKey" | "secretKey" | "profile">;
  /** Authority of an endpoint that this process does not trust by itself, PEM. */
  readonly caPem?: string;
}

/**
 * A refresh reads what is in the state; a key or a policy that somebody added beside it is in no state. So each user of the stack is
 * asked for what it has.
 * @throws what IAM or the network said
 */
export async function strangersAtUsers(resources: readonly StateResource[], args: IamArgs): Promise<DriftedResource[]> {
  const { accessKey, secretKey, profile } = args.aws;
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  const iam = new IAMClient({
    region: "us-east-1",
    ...(args.endpoint ? { endpoint: args.endpoint } : {}),
    ...(profile ? { profile } : {}),
    ...(accessKey && secretKey ? { credentials: { accessKeyId: accessKey, secretAccessKey: secretKey } } : {}),
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 5_000,
      ...(args.caPem ? { httpsAgent: new Agent({ ca: args.caPem }) } : {}),
    },
  });
  try {
    const users = resources.filter(({ type }) => type === "aws:iam/user:User");
    const found = await Promise.all(
      users.map(async (user) => ({ user, changes: await strangersAt(iam, user, resources) })),
    );
    return found
      .filter(({ changes }) => changes.length > 0)
      .map(({ user, changes }) => ({ urn: user.urn, type: user.type, kind: "changed", changes }));
  } finally {
    iam.destroy();
  }
}

async function strangersAt(
  iam: IAMClient,
  user: StateResource,
  resources: readonly StateResource[],
): Promise<Change[]> {
  const UserName = user.id;
  const own = (type: string, id: (resource: StateResource) => string) =>
    resources.filter((r) => r.type === type && r.outputs["user"] === UserName).map(id);
  const [keys, inline, attached] = await Promise.all([
    iam.send(new ListAccessKeysCommand({ UserName })),
    iam.send(new ListUserPoliciesCommand({ UserName })),
    iam.send(new ListAttachedUserPoliciesCommand({ UserName })),
  ]);
  const compared: [path: string, expected: string[], actual: string[]][] = [
    [
      "accessKeys",
      own("aws:iam/accessKey:AccessKey", ({ id }) => id),
      (keys.AccessKeyMetadata ?? []).flatMap((k) => k.AccessKeyId ?? []),
    ],
    [
      "policies",
      own("aws:iam/userPolicy:UserPolicy", ({ outputs }) => String(outputs["name"])),
      inline.PolicyNames ?? [],
    ],
    [
      "attachedPolicies",
      own("aws:iam/userPolicyAttachment:UserPolicyAttachment", ({ outputs }) => String(outputs["policyArn"])),
      (attached.AttachedPolicies ?? []).flatMap((p) => p.PolicyArn ?? []),
    ],
  ];
  return compared
    .filter(([, expected, actual]) => actual.some((a) => !expected.includes(a)))
    .map(([path, expected, actual]) => ({ path, expected, actual }));
}
