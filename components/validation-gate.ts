import * as pulumi from "@pulumi/pulumi";
import type * as docker from "@pulumi/docker";
import { gateFailedExitCode, gateResult, type GateResult, type GateSpec } from "../contracts/gate";
import { agentCommand } from "./agent-command";
import type { HostConnection } from "./host/connection";
import { gateMounts } from "./services/agent";

export interface ValidationGateArgs {
  readonly host: HostConnection;
  readonly network: docker.Network;
  readonly agentImage: pulumi.Input<string>;
  /** What must hold; secret, since it holds passwords and webhook keys. */
  readonly spec: pulumi.Output<GateSpec>;
  /** Everything that is checked. */
  readonly after: readonly pulumi.Resource[];
  /** True: what does not hold is said in the result, and stops nothing. @default false */
  readonly tellOnly?: boolean;
}

/** Checks the recovered site from inside, data and not only status codes. What depends on it does not happen until every check passes. */
export class ValidationGate extends pulumi.ComponentResource {
  public readonly result: pulumi.Output<GateResult>;
  public readonly passed: pulumi.Resource;

  constructor(name: string, args: ValidationGateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:recovery:ValidationGate", name, {}, opts);
    const run = agentCommand(
      name,
      { host: args.host, network: args.network, agentImage: args.agentImage, run: "gate", input: args.spec, mounts: gateMounts(), dependsOn: args.after, ...(args.tellOnly ? { alsoExit: gateFailedExitCode } : {}) },
      this,
    );
    // The evidence names tenants and counts, no secret; a secret on stdin would otherwise hide it.
    this.result = pulumi.unsecret(run.stdout).apply((text) => gateResult.parse(JSON.parse(text)));
    this.passed = run;
    this.registerOutputs({ result: this.result });
  }
}
