import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

/** A record that is already in the zone: taken over in place, so that no second one is ever beside it. */
export interface ExistingRecord {
  readonly name: string;
  readonly id: string;
  readonly content: string;
}

export interface SiteDnsArgs {
  readonly zoneId: string;
  /** Fully qualified names. */
  readonly names: readonly string[];
  /** The active site's IPv4 address. */
  readonly address: pulumi.Input<string>;
  /** Seconds, 60 to 86400; ignored when proxied. */
  readonly ttl: number;
  readonly proxied: boolean;
  readonly existing: readonly ExistingRecord[];
  /** The gate: no record is touched before it has passed. */
  readonly after: readonly pulumi.Resource[];
}

/** The site's A records. Both stacks keep them when they go: the record belongs to whichever site is active. */
export class SiteDns extends pulumi.ComponentResource {
  public readonly records: readonly cloudflare.DnsRecord[];

  constructor(name: string, args: SiteDnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:dns:SiteDns", name, {}, opts);
    this.records = args.names.map((fqdn) => {
      const found = args.existing.find((r) => r.name === fqdn);
      return new cloudflare.DnsRecord(
        `dns-${fqdn}`,
        { zoneId: args.zoneId, name: fqdn, type: "A", content: args.address, ttl: args.proxied ? 1 : args.ttl, proxied: args.proxied },
        { parent: this, dependsOn: [...args.after], retainOnDelete: true, ...(found ? { import: `${args.zoneId}/${found.id}` } : {}) },
      );
    });
    this.registerOutputs({ names: args.names });
  }
}
