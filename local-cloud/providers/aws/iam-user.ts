import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetAccessKeyLastUsedCommand,
  GetUserCommand,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAccessKeyCommand,
  UpdateUserCommand,
  type User,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { compare } from "../compare";
import type { Props, ResourceType } from "../provider";
import type { Aws } from "./client";
import { autoName, failures, fromTags, orGone, reconcile, tagsSchema, toTags } from "./resource";

const userSchema = z.strictObject({
  name: z.string().max(64),
  path: z.string(),
  forceDestroy: z.boolean().optional(),
  tags: tagsSchema,
});

/** `aws:iam/user:User`. Unlike with the real provider, a new name replaces the user. */
export const user: ResourceType<Aws> = {
  check(context, inputs, old) {
    const named = { path: "/", ...inputs, name: autoName(context.name, inputs["name"], old?.["name"]) };
    return { inputs: named, failures: failures(context.type, userSchema, named) };
  },

  diff: (_context, old, inputs) => compare(old.inputs, inputs, { replaceOn: ["name"] }),

  async create({ client: { iam } }, inputs) {
    const { name: UserName, path: Path, tags } = inputs;
    const { User } = await iam.send(new CreateUserCommand({ UserName, Path, Tags: tags && toTags(tags) }));
    return { id: UserName, props: userOutputs(User!, inputs) };
  },

  async read({ client: { iam } }, { id, inputs: known }) {
    const found = await orGone(iam.send(new GetUserCommand({ UserName: id })));
    if (!found?.User) return undefined;
    const live: Props = {
      name: id,
      path: found.User.Path,
      tags: fromTags(found.User.Tags),
      // Lives in the state alone.
      forceDestroy: known["forceDestroy"],
    };
    const inputs = reconcile(known, known, live);
    return { id, inputs, props: userOutputs(found.User, inputs) };
  },

  async update({ client: { iam } }, old, inputs) {
    const UserName = old.id;
    if (old.inputs["path"] !== inputs["path"])
      await iam.send(new UpdateUserCommand({ UserName, NewPath: inputs["path"] }));
    const tags: Record<string, string> = inputs["tags"] ?? {};
    const removed = Object.keys(old.inputs["tags"] ?? {}).filter((key) => !(key in tags));
    if (removed.length) await iam.send(new UntagUserCommand({ UserName, TagKeys: removed }));
    if (Object.keys(tags).length) await iam.send(new TagUserCommand({ UserName, Tags: toTags(tags) }));
    const { User } = await iam.send(new GetUserCommand({ UserName }));
    return userOutputs(User!, inputs);
  },

  async delete({ client: { iam } }, old) {
    const UserName = old.id;
    if (old.props["forceDestroy"]) {
      const keys = await orGone(iam.send(new ListAccessKeysCommand({ UserName })));
      for (const { AccessKeyId } of keys?.AccessKeyMetadata ?? []) {
        await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKeyId! }));
      }
      const policies = await orGone(iam.send(new ListUserPoliciesCommand({ UserName })));
      for (const PolicyName of policies?.PolicyNames ?? [])
        await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName }));
    }
    await orGone(iam.send(new DeleteUserCommand({ UserName })));
  },
};

const userOutputs = ({ Arn, UserId, Path }: User, inputs: Props): Props => ({
  forceDestroy: false,
  ...inputs,
  path: Path,
  arn: Arn,
  uniqueId: UserId,
  tagsAll: inputs["tags"] ?? {},
});

const accessKeySchema = z.strictObject({ user: z.string(), status: z.enum(["Active", "Inactive"]) });

/** `aws:iam/accessKey:AccessKey`. The secret is known only to the one who made it: an import has none. Not implemented: the SES password. */
export const accessKey: ResourceType<Aws> = {
  check(context, inputs) {
    const completed = { status: "Active", ...inputs };
    return { inputs: completed, failures: failures(context.type, accessKeySchema, completed) };
  },

  diff: (_context, old, inputs) => compare(old.inputs, inputs, { replaceOn: ["user"] }),

  async create({ client: { iam } }, inputs) {
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: inputs["user"] }));
    const id = key!.AccessKeyId!;
    if (inputs["status"] === "Inactive") await setStatus(iam, inputs["user"], id, "Inactive");
    return { id, props: { ...inputs, secret: key!.SecretAccessKey, createDate: key!.CreateDate?.toISOString() } };
  },

  async read({ client: { iam } }, { id, props, inputs: known }) {
    const owner =
      known["user"] ?? (await orGone(iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: id }))))?.UserName;
    if (!owner) return undefined;
    const keys = await orGone(iam.send(new ListAccessKeysCommand({ UserName: owner })));
    const found = keys?.AccessKeyMetadata?.find((key) => key.AccessKeyId === id);
    if (!found) return undefined;
    const inputs = { user: owner, status: found.Status };
    return { id, inputs, props: { createDate: found.CreateDate?.toISOString(), ...props, ...inputs } };
  },

  async update({ client: { iam } }, old, inputs) {
    await setStatus(iam, inputs["user"], old.id, inputs["status"]);
    return { ...old.props, ...inputs };
  },

  async delete({ client: { iam } }, old) {
    await orGone(iam.send(new DeleteAccessKeyCommand({ UserName: old.props["user"], AccessKeyId: old.id })));
  },
};

const setStatus = (iam: Aws["iam"], UserName: string, AccessKeyId: string, Status: "Active" | "Inactive") =>
  iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
