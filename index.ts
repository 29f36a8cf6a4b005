import * as pulumi from "@pulumi/pulumi";
import { primary } from "./stacks/primary";
import { recovery } from "./stacks/recovery";

const stacks = { primary, recovery };

export = async () => {
  const name = pulumi.getStack();
  if (name !== "primary" && name !== "recovery") {
    throw new pulumi.RunError(`stack: received ${name}; allowed: ${Object.keys(stacks).join(", ")}; fix: pulumi up --stack recovery`);
  }
  return stacks[name]();
};
