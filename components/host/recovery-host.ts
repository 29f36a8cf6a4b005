import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { dockerProvider, sshConnection, sshOptions, type HostConnection, type SshArgs } from "./connection";
import { readyScript, userData, type DataFolder } from "./scripts";

/** Ids of what an interrupted run left at Hetzner: taken over instead of doubled. */
export interface HetznerLeftovers {
  readonly sshKey?: string;
  /** A key of the operator's that is there and is not of this site: it is used, and left as it is. */
  readonly foreignSshKey?: string;
  readonly firewall?: string;
  readonly server?: string;
  readonly volume?: string;
}

export interface RecoveryHostArgs {
  /** @example "cpx32" */
  readonly serverType: string;
  /** @example "nbg1" */
  readonly location: string;
  /** @example "debian-12" */
  readonly image: string;
  /** Size of the data volume, bytes; whole GiB are ordered. */
  readonly volumeBytes: number;
  readonly ssh: SshArgs;
  /** The operator's public key. */
  readonly authorizedKey: string;
  /** Networks (CIDR) that may reach port 22. Ports 80 and 443 are open to the world. */
  readonly operatorNetworks: readonly string[];
  /** The server's own host key: seeded by cloud-init, pinned by everything that connects. */
  readonly hostKey: { readonly privateKey: pulumi.Input<string>; readonly publicKey: string };
  /** Found by the API before the first run. @default nothing */
  readonly leftovers?: HetznerLeftovers;
  /** On every resource; what finds them again without any state. */
  readonly labels: Readonly<Record<string, string>>;
  readonly folders: readonly DataFolder[];
  /**
   * True: a host that holds nothing but a copy. `pulumi destroy` takes server and volume away, with all that is on them, and only SSH is open.
   * @default false: both are protected
   */
  readonly scratch?: boolean;
}

/** A server at Hetzner: key, firewall, server, data volume, and the wait until it can run the site. */
export class RecoveryHost extends pulumi.ComponentResource implements HostConnection {
  public readonly address: pulumi.Output<string>;
  public readonly connection: pulumi.Output<command.types.input.remote.ConnectionArgs>;
  public readonly docker: docker.Provider;
  public readonly ready: pulumi.Resource;
  public readonly serverId: pulumi.Output<string>;
  public readonly machine?: pulumi.Resource;

  constructor(name: string, args: RecoveryHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:host:RecoveryHost", name, {}, opts);
    const labels = { ...args.labels };
    const left = args.leftovers ?? {};
    const keep = !args.scratch;
    const rules = firewallRules(args.operatorNetworks, { web: keep });

    // Named by content: its successor is made before it is deleted, and Hetzner knows one key of a name.
    const sshKeyName = `${name}-operator-${createHash("sha256").update(args.authorizedKey).digest("hex").slice(0, 8)}`;
    const sshKeyId = left.foreignSshKey
      ? pulumi.output(left.foreignSshKey)
      : new hcloud.SshKey(`${name}-operator`, { name: sshKeyName, publicKey: args.authorizedKey, labels }, { parent: this, import: left.sshKey }).id;
    const firewall = new hcloud.Firewall(`${name}-firewall`, { name: `${name}-firewall`, rules, labels }, { parent: this, import: left.firewall });
    const server = new hcloud.Server(
      `${name}-server`,
      {
        name: `${name}-server`,
        serverType: args.serverType,
        location: args.location,
        image: args.image,
        sshKeys: [sshKeyId],
        firewallIds: [firewall.id.apply(Number)],
        userData: pulumi.output(args.hostKey.privateKey).apply((key) => userData(key, args.hostKey.publicKey)),
        labels,
        deleteProtection: keep,
        rebuildProtection: keep,
      },
      // What replaces a server must never do so by itself once it holds data: user data, keys and image count at its birth only.
      { parent: this, import: left.server, ignoreChanges: ["userData", "sshKeys", "image", "location"], additionalSecretOutputs: ["userData"], customTimeouts: { create: "15m" } },
    );
    const volume = new hcloud.Volume(
      `${name}-data`,
      { name: `${name}-data`, size: Math.ceil(args.volumeBytes / 2 ** 30), serverId: server.id.apply(Number), format: "ext4", labels, deleteProtection: keep },
      { parent: this, import: left.volume, protect: keep, ignoreChanges: ["format"] },
    );

    this.address = server.ipv4Address;
    this.serverId = server.id;
    this.machine = keep ? undefined : server;
    this.connection = sshConnection(args.ssh, this.address, args.hostKey.publicKey);
    this.ready = new command.remote.Command(
      `${name}-ready`,
      { connection: this.connection, create: volume.linuxDevice.apply((device) => readyScript(args.folders, device)) },
      { parent: this, dependsOn: [server, volume], deletedWith: this.machine },
    );
    this.docker = dockerProvider(`${name}-docker`, args.ssh, this.address, sshOptions(args.ssh, name, args.hostKey.publicKey), this.ready, this);
    this.registerOutputs({ address: this.address, serverId: this.serverId });
  }
}

/** Web to the world (unless it is not served), SSH to the operator's networks, nothing else. */
export function firewallRules(operatorNetworks: readonly string[], { web } = { web: true }): hcloud.types.input.FirewallRule[] {
  const world = ["0.0.0.0/0", "::/0"];
  const http: hcloud.types.input.FirewallRule[] = [
    { direction: "in", protocol: "tcp", port: "80", sourceIps: world, description: "HTTP: redirects and ACME" },
    { direction: "in", protocol: "tcp", port: "443", sourceIps: world, description: "HTTPS" },
  ];
  return [
    ...(web ? http : []),
    { direction: "in", protocol: "tcp", port: "22", sourceIps: [...operatorNetworks], description: "SSH for operators" },
  ];
}
