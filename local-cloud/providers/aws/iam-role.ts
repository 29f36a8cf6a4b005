import {
  CreateRoleCommand,
  DeleteRoleCommand,
  GetRoleCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  type Role,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { compare } from "../compare";
import type { Props, ResourceType } from "../provider";
import type { Aws } from "./client";
import { policySchema, samePolicy } from "./policy-document";
import { autoName, failures, fromTags, orGone, reconcile, tagsSchema, toTags } from "./resource";

const schema = z.strictObject({
  name: z.string().max(64),
  path: z.string(),
  assumeRolePolicy: policySchema,
  description: z.string().optional(),
  maxSessionDuration: z.number().int().min(3600).max(43200),
  tags: tagsSchema,
});

const sameTrust = (key: string, a: unknown, b: unknown) => key === "assumeRolePolicy" && samePolicy(a, b);

/** `aws:iam/role:Role`, without managed and inline policies (see RolePolicy) and permission boundaries. */
export const role: ResourceType<Aws> = {
  check(context, inputs, old) {
    const completed = {
      path: "/",
      maxSessionDuration: 3600,
      ...inputs,
      name: autoName(context.name, inputs["name"], old?.["name"]),
    };
    return { inputs: completed, failures: failures(context.type, schema, completed) };
  },

  diff: (_context, old, inputs) => compare(old.inputs, inputs, { replaceOn: ["name", "path"], same: sameTrust }),

  async create({ client: { iam } }, inputs) {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: inputs["name"],
        Path: inputs["path"],
        AssumeRolePolicyDocument: inputs["assumeRolePolicy"],
        Description: inputs["description"],
        MaxSessionDuration: inputs["maxSessionDuration"],
        Tags: inputs["tags"] && toTags(inputs["tags"]),
      }),
    );
    return { id: inputs["name"], props: outputs(Role!, inputs) };
  },

  async read({ client: { iam } }, { id, inputs: known }) {
    const found = await orGone(iam.send(new GetRoleCommand({ RoleName: id })));
    if (!found?.Role) return undefined;
    const { Path, AssumeRolePolicyDocument, Description, MaxSessionDuration, Tags } = found.Role;
    const live: Props = {
      name: id,
      path: Path,
      assumeRolePolicy: decodeURIComponent(AssumeRolePolicyDocument ?? ""),
      description: Description || undefined,
      maxSessionDuration: MaxSessionDuration,
      tags: fromTags(Tags),
    };
    const inputs = reconcile(known, known, live, sameTrust);
    return { id, inputs, props: outputs(found.Role, inputs) };
  },

  async update({ client: { iam } }, old, inputs) {
    const RoleName = old.id;
    const changed = (key: string) => old.inputs[key] !== inputs[key];
    if (changed("assumeRolePolicy")) {
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: inputs["assumeRolePolicy"] }));
    }
    if (changed("description") || changed("maxSessionDuration")) {
      await iam.send(
        new UpdateRoleCommand({
          RoleName,
          Description: inputs["description"] ?? "",
          MaxSessionDuration: inputs["maxSessionDuration"],
        }),
      );
    }
    const tags: Record<string, string> = inputs["tags"] ?? {};
    const removed = Object.keys(old.inputs["tags"] ?? {}).filter((key) => !(key in tags));
    if (removed.length) await iam.send(new UntagRoleCommand({ RoleName, TagKeys: removed }));
    if (Object.keys(tags).length) await iam.send(new TagRoleCommand({ RoleName, Tags: toTags(tags) }));
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return outputs(Role!, inputs);
  },

  async delete({ client: { iam } }, old) {
    await orGone(iam.send(new DeleteRoleCommand({ RoleName: old.id })));
  },
};

const outputs = ({ Arn, RoleId, CreateDate }: Role, inputs: Props): Props => ({
  ...inputs,
  arn: Arn,
  uniqueId: RoleId,
  createDate: CreateDate?.toISOString(),
  tagsAll: inputs["tags"] ?? {},
});
