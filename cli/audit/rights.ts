import {
  GetUserPolicyCommand,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { identityUserName } from "../../components/backup/names";
import type { StoreAccess } from "../../stacks/backup-store";
import { iamClient } from "../../stacks/iam-client";
import { ask } from "../ask";
import { joined, type Said } from "../said";
import { from, say, type Statement } from "./statement";

/** Seconds for all questions to IAM. */
const deadline = 20;

const document = z.object({
  Statement: z.array(
    z.object({
      Effect: z.string(),
      Action: z.union([z.string(), z.array(z.string())]),
      Resource: z.union([z.string(), z.array(z.string())]),
    }),
  ),
});

/** What one user may do in the backup bucket. */
export interface Rights {
  readonly user: string;
  readonly keys: readonly { readonly id: string; readonly createdAt: string; readonly active: boolean }[];
  readonly allowed: readonly { readonly action: string; readonly on: readonly string[] }[];
}

/** What would let a writer destroy or shorten backups that are locked, or open them to others. */
const destroying =
  /^s3:(\*|Delete(Bucket|ObjectVersion).*|BypassGovernanceRetention|PutObject(Retention|LegalHold|LockConfiguration).*|PutBucket(Policy|Versioning|ObjectLockConfiguration).*|PutLifecycleConfiguration)$/;
/** Where a writer may leave delete markers: its own locks and interrupted backups (versions stay). */
const ownLeftovers = /\/(files\/locks|postgres\/backup)\/\*$/;

/** Users whose names say that they are the backups', and what they may do: asked of IAM itself. */
export async function rightsIn(access: StoreAccess, endpoint: string | undefined): Promise<Rights[]> {
  const iam = iamClient({ ...access, endpoint });
  try {
    const { Users = [] } = await iam.send(new ListUsersCommand({}));
    const names = Users.flatMap(({ UserName = "" }) => (identityUserName.test(UserName) ? [UserName] : []));
    return await Promise.all(names.map((user) => rightsOf(iam, user)));
  } finally {
    iam.destroy();
  }
}

async function rightsOf(iam: IAMClient, UserName: string): Promise<Rights> {
  const [{ AccessKeyMetadata = [] }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new ListAccessKeysCommand({ UserName })),
    iam.send(new ListUserPoliciesCommand({ UserName })),
  ]);
  const documents = await Promise.all(
    PolicyNames.map(
      async (PolicyName) => (await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument ?? "{}",
    ),
  );
  const allowed = documents
    .flatMap((text) => document.parse(JSON.parse(text.startsWith("%") ? decodeURIComponent(text) : text)).Statement)
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) => [Action].flat().map((action) => ({ action, on: [Resource].flat() })));
  return {
    user: UserName,
    keys: AccessKeyMetadata.map((k) => ({
      id: k.AccessKeyId ?? "?",
      createdAt: (k.CreateDate ?? new Date(0)).toISOString(),
      active: k.Status === "Active",
    })),
    allowed,
  };
}

/** Who can read, write and delete. */
export async function rightsStatements(
  access: StoreAccess,
  endpoint: string | undefined,
): Promise<{ statements: Statement[]; rights: readonly Rights[] }> {
  const asked = await ask(deadline, () => rightsIn(access, endpoint));
  const users = asked.state === "answered" ? asked.value : [];
  const statements = [
    from("identities", asked, (all) => ({
      holds: all.some(isWriter),
      evidence: all.length > 0 ? joined(all.map(inWords)) : say("noUser"),
    })),
    from("writer-cannot-destroy", asked, (all) => {
      const bad = all
        .filter(isWriter)
        .flatMap(({ user, allowed }) =>
          allowed.filter(mayDestroy).map(({ action, on }) => say("mayDestroy", user, action, on.join(", "))),
        );
      const writers = all.filter(isWriter).map(({ user }) => user);
      return {
        holds: writers.length > 0 && bad.length === 0,
        evidence: bad.length > 0 ? joined(bad) : say("cannotDestroy", writers.join(", ")),
      };
    }),
  ];
  return { statements, rights: users };
}

const isWriter = ({ user }: Rights) => user.startsWith("backup-writer");

const mayDestroy = ({ action, on }: Rights["allowed"][number]) =>
  destroying.test(action) || (action === "s3:DeleteObject" && !on.every((resource) => ownLeftovers.test(resource)));

function inWords({ user, allowed, keys }: Rights): Said {
  const may = (verb: "reads" | "writes" | "deletes" | "lists", actions: RegExp) => {
    const on = [
      ...new Set(allowed.filter(({ action }) => actions.test(action)).flatMap(({ on: resources }) => resources)),
    ].map((r) => r.replace("arn:aws:s3:::", ""));
    return on.length === 0 ? [] : [say(verb, on.join(", "))];
  };
  const all = [
    ...may("reads", /^s3:(\*|GetObject)/),
    ...may("writes", /^s3:(\*|PutObject$)/),
    ...may("deletes", /^s3:(\*|DeleteObject)/),
  ];
  const listed = may("lists", /^s3:ListBucket$/);
  const active = keys.filter((k) => k.active).length;
  return say("user", user, active, all.length > 0 ? joined(all) : (listed[0] ?? say("mayNothing")));
}
