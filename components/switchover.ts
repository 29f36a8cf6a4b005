import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { switchoverResult, type SwitchoverResult, type SwitchoverSpec } from "../contracts/switchover";

export interface SwitchoverArgs {
  /** Which site is stopped, and how it is reached; secret, since it holds credentials. */
  readonly spec: pulumi.Input<SwitchoverSpec>;
}

/**
 * The write pause begins: everything that can be made ready before is what it depends on. The site that serves is stopped after a last backup, which is
 * claimed. It runs once, on the operator's machine: what it decided stands. Failed, nothing that depends on it happens.
 */
export class Switchover extends pulumi.ComponentResource {
  public readonly result: pulumi.Output<SwitchoverResult>;
  public readonly done: pulumi.Resource;

  constructor(name: string, args: SwitchoverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:recovery:Switchover", name, {}, opts);
    const run = new command.local.Command(
      name,
      {
        create: "exec node --import tsx switchover/main.ts",
        dir: join(__dirname, ".."),
        stdin: pulumi.secret(pulumi.output(args.spec).apply((spec) => JSON.stringify(spec))),
        logging: "none",
      },
      { parent: this, ignoreChanges: ["create", "dir", "stdin", "triggers"] },
    );
    // Times and a key: no secret; a secret on stdin would otherwise hide it.
    this.result = pulumi.unsecret(run.stdout).apply((text) => switchoverResult.parse(JSON.parse(text)));
    this.done = run;
    this.registerOutputs({ result: this.result });
  }
}
