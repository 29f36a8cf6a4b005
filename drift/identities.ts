import {
  ListAccessKeysCommand,
  ListAttachedUserPoliciesCommand,
  ListUserPoliciesCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { iamClient, type IamAccess } from "../stacks/iam-client";
import type { Change, DriftedResource } from "./model";
import type { StateResource } from "./state";

/**
 * A refresh reads what is in the state; a key or a policy that somebody added beside it is in no state. So each user of the stack is
 * asked for what it has.
 * @throws what IAM or the network said
 */
export async function strangersAtUsers(
  resources: readonly StateResource[],
  access: IamAccess,
  caPem?: string,
): Promise<DriftedResource[]> {
  const iam = iamClient(access, caPem);
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
