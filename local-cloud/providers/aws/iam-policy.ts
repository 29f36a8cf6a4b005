import {
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { compare } from "../compare";
import type { ResourceType } from "../provider";
import type { Aws } from "./client";
import { policySchema, samePolicy } from "./policy-document";
import { autoName, failures, orGone, reconcile } from "./resource";

interface Owner {
  /** The input that names the owner. */
  readonly input: "user" | "role";
  put(iam: IAMClient, owner: string, name: string, policy: string): Promise<unknown>;
  /** The document as the API returns it: URL-encoded. */
  get(iam: IAMClient, owner: string, name: string): Promise<string | undefined>;
  remove(iam: IAMClient, owner: string, name: string): Promise<unknown>;
}

const samePolicyInput = (key: string, a: unknown, b: unknown) => key === "policy" && samePolicy(a, b);

/** An inline policy; its id, and what it is imported by, is `<owner>:<name>`. */
function inlinePolicy({ input, put, get, remove }: Owner): ResourceType<Aws> {
  const schema = z.strictObject({ [input]: z.string(), name: z.string(), policy: policySchema });
  return {
    check(context, inputs, old) {
      const named = { ...inputs, name: autoName(context.name, inputs["name"], old?.["name"]) };
      return { inputs: named, failures: failures(context.type, schema, named) };
    },

    diff: (_context, old, inputs) => compare(old.inputs, inputs, { replaceOn: [input, "name"], same: samePolicyInput }),

    async create({ client: { iam } }, inputs) {
      await put(iam, inputs[input], inputs["name"], inputs["policy"]);
      return { id: `${inputs[input]}:${inputs["name"]}`, props: inputs };
    },

    async read({ client: { iam } }, { id, inputs: known }) {
      const [owner = "", name = ""] = id.split(":");
      const document = await orGone(get(iam, owner, name));
      if (document === undefined) return undefined;
      const live = { [input]: owner, name, policy: decodeURIComponent(document) };
      const inputs = reconcile(known, known, live, samePolicyInput);
      return { id, inputs, props: inputs };
    },

    async update({ client: { iam } }, _old, inputs) {
      await put(iam, inputs[input], inputs["name"], inputs["policy"]);
      return inputs;
    },

    async delete({ client: { iam } }, old) {
      await orGone(remove(iam, old.props[input], old.props["name"]));
    },
  };
}

export const userPolicy = inlinePolicy({
  input: "user",
  put: (iam, UserName, PolicyName, PolicyDocument) =>
    iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument })),
  get: async (iam, UserName, PolicyName) =>
    (await iam.send(new GetUserPolicyCommand({ UserName, PolicyName }))).PolicyDocument,
  remove: (iam, UserName, PolicyName) => iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName })),
});

export const rolePolicy = inlinePolicy({
  input: "role",
  put: (iam, RoleName, PolicyName, PolicyDocument) =>
    iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
  get: async (iam, RoleName, PolicyName) =>
    (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument,
  remove: (iam, RoleName, PolicyName) => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName })),
});
