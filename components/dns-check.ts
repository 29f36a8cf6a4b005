import { join } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

export interface DnsCheckArgs {
  readonly names: readonly string[];
  readonly address: pulumi.Input<string>;
  /** "address" or "address:port". */
  readonly resolvers: readonly string[];
  /** A proxied record answers the proxy's own addresses: then only that it answers is checked. */
  readonly proxied: boolean;
  /** Seconds that an old answer may live; the check waits this long and a minute. */
  readonly ttl: number;
  readonly after: readonly pulumi.Resource[];
}

/** Asks public resolvers, from the operator's machine, until every name answers the new address. */
export class DnsCheck extends pulumi.ComponentResource {
  constructor(name: string, args: DnsCheckArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:dns:DnsCheck", name, {}, opts);
    const script = join("components", "dns-check-main.ts");
    new command.local.Command(
      name,
      {
        create: `node --import tsx ${script}`,
        dir: join(__dirname, ".."),
        environment: {
          SMARTEROS_DNS_NAMES: args.names.join(","),
          SMARTEROS_DNS_ADDRESS: args.proxied ? "" : args.address,
          SMARTEROS_DNS_RESOLVERS: args.resolvers.join(","),
          SMARTEROS_DNS_SECONDS: String(args.ttl + 60),
        },
      },
      // Another clone of the repository is another folder, which is no reason to ask again.
      { parent: this, dependsOn: [...args.after], ignoreChanges: ["dir", "create"] },
    );
    this.registerOutputs({});
  }
}
