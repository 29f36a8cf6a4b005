import * as pulumi from "@pulumi/pulumi";
import { primary } from "./stacks/primary";
import { recovery } from "./stacks/recovery";
import { verification } from "./stacks/verification";

const stacks = { primary, recovery, verify: verification };

const isStack = (name: string): name is keyof typeof stacks => Object.hasOwn(stacks, name);

export = async () => {
  const name = pulumi.getStack();
  if (!isStack(name)) {
    throw new pulumi.RunError(`stack: received ${name}; allowed: ${Object.keys(stacks).join(", ")}; fix: pulumi up --stack recovery`);
  }
  return stacks[name]();
};
