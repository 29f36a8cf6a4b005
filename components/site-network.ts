import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "./host/connection";
import { guardSet } from "../contracts/guard";
import { removeLeftover } from "./leftovers";
import { networkName } from "./services/spec";
import { dataVolume } from "./service-container";

export interface SiteNetworkArgs {
  readonly host: HostConnection;
  /** Data folders that get a Docker volume of their own. */
  readonly sets: readonly string[];
  /** Image by service, `name:tag@sha256:...`. */
  readonly images: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** True: the network leads nowhere. One beside it does, for PostgreSQL, which fetches WAL from the store while it recovers. @default false */
  readonly closed?: boolean;
}

/** What a host needs before any container: the site's network, the data volumes, and every image, pulled side by side by digest. */
export class SiteNetwork extends pulumi.ComponentResource {
  public readonly network: docker.Network;
  /** Only where the site's network is closed. */
  public readonly wayOut?: docker.Network;
  public readonly volumes: ReadonlyMap<string, docker.Volume>;
  /** Images on the host, by service. */
  public readonly images: ReadonlyMap<string, docker.RemoteImage>;

  constructor(name: string, args: SiteNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:site:SiteNetwork", name, {}, opts);
    const { host } = args;
    const onHost = { parent: this, provider: host.docker, dependsOn: [host.ready], deletedWith: host.machine };
    const labels = Object.entries(args.labels).map(([label, value]) => ({ label, value }));
    this.network = new docker.Network(
      `${name}-network`,
      { name: networkName, driver: "bridge", labels, ...(args.closed ? { internal: true } : {}) },
      { ...onHost, hooks: { beforeCreate: [removeLeftover(`${name}-network`, host, "network", networkName, args.labels)] } },
    );
    if (args.closed) this.wayOut = new docker.Network(`${name}-way-out`, { name: "smarteros-way-out", driver: "bridge", labels }, onHost);
    this.volumes = new Map(args.sets.map((set) => [set, dataVolume(set, host, this, ![guardSet, "postgres-run"].includes(set) && host.machine === undefined)]));
    this.images = new Map(
      Object.entries(args.images).map(([service, image]) => [service, new docker.RemoteImage(`image-${service}`, { name: pullName(image), keepLocally: true }, onHost)]),
    );
    this.registerOutputs({});
  }
}

/** `name@sha256:...` of `name:tag@sha256:...`: the tag is for people, Docker pulls by digest alone. */
export function pullName(image: string): string {
  const [named = "", digest = ""] = image.split("@");
  return `${named.slice(0, named.lastIndexOf(":"))}@${digest}`;
}
