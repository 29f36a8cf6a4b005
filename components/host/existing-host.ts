import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { dockerProvider, sshConnection, sshOptions, type HostConnection, type SshArgs } from "./connection";
import { readyScript, type DataFolder } from "./scripts";

export interface ExistingHostArgs {
  /** Public IPv4 address. */
  readonly address: string;
  /** "ssh-ed25519 AAAA...": another key stops the program. */
  readonly hostKey: string;
  readonly ssh: SshArgs;
  readonly folders: readonly DataFolder[];
}

/** A server that is already there and reachable by SSH: the VPS at Hostinger, whose API offers no more. */
export class ExistingHost extends pulumi.ComponentResource implements HostConnection {
  public readonly address: pulumi.Output<string>;
  public readonly connection: pulumi.Output<command.types.input.remote.ConnectionArgs>;
  public readonly docker: docker.Provider;
  public readonly ready: pulumi.Resource;

  constructor(name: string, args: ExistingHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:host:ExistingHost", name, {}, opts);
    this.address = pulumi.output(args.address);
    this.connection = sshConnection(args.ssh, args.address, args.hostKey);
    // A host with another key is another host, or one that was rebuilt: nothing of what was made ready is there.
    this.ready = new command.remote.Command(`${name}-ready`, { connection: this.connection, create: readyScript(args.folders), triggers: [args.hostKey] }, { parent: this });
    this.docker = dockerProvider(`${name}-docker`, args.ssh, this.address, sshOptions(args.ssh, name, args.hostKey), this.ready, this);
    this.registerOutputs({ address: this.address });
  }
}
