import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { fenceResult, type FenceResult, type FenceSpec } from "../contracts/fence";

export interface OldSiteFenceArgs {
  /** What is fenced off, and how it is reached; secret, since it holds credentials. */
  readonly spec: pulumi.Input<FenceSpec>;
}

/**
 * Keeps the site that is replaced from serving and writing, before anything is restored. It runs once, on the operator's machine: a decision
 * that has been taken stands. Refused, nothing that depends on it happens, and the next run tries again.
 */
export class OldSiteFence extends pulumi.ComponentResource {
  public readonly result: pulumi.Output<FenceResult>;
  public readonly done: pulumi.Resource;

  constructor(name: string, args: OldSiteFenceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:recovery:OldSiteFence", name, {}, opts);
    const run = new command.local.Command(
      name,
      {
        create: "exec node --import tsx fence/main.ts",
        dir: join(__dirname, ".."),
        stdin: pulumi.secret(pulumi.output(args.spec).apply((spec) => JSON.stringify(spec))),
        logging: "none",
      },
      { parent: this, ignoreChanges: ["create", "dir", "stdin", "triggers"] },
    );
    // It names addresses, users and key ids, no secret; a secret on stdin would otherwise hide it.
    this.result = pulumi.unsecret(run.stdout).apply((text) => fenceResult.parse(JSON.parse(text)));
    this.done = run;
    this.registerOutputs({ result: this.result });
  }
}
