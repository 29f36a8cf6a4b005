import * as command from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "./host/connection";
import { quote } from "./host/scripts";

export interface NoWayOutArgs {
  readonly host: HostConnection;
  /** The network that must lead nowhere. */
  readonly network: docker.Network;
  /** Any image with bash. */
  readonly image: pulumi.Input<string>;
  /** A place outside that the host itself reaches. */
  readonly outside: { readonly host: string; readonly port: number };
}

/**
 * Proves that containers on a network cannot reach the world, before anything that would speak to it is started there: a restored copy
 * must send no mail, run no customer's automation and answer no chat a second time.
 */
export class NoWayOut extends pulumi.ComponentResource {
  public readonly proved: pulumi.Resource;

  constructor(name: string, args: NoWayOutArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:verification:NoWayOut", name, {}, opts);
    const { host, network, image, outside } = args;
    const create = pulumi.all([image, network.name]).apply(([i, n]) => noWayOutScript(i, n, outside));
    this.proved = new command.remote.Command(name, { connection: host.connection, create }, { parent: this, deletedWith: host.machine });
    this.registerOutputs({});
  }
}

/** By address, so that a missing resolver is not taken for a closed network; first where it must work, so that the check cannot pass by chance. */
export function noWayOutScript(image: string, network: string, outside: { host: string; port: number }): string {
  const place = `${outside.host}:${outside.port}`;
  const attempt = `timeout 5 bash -c "</dev/tcp/$0/${outside.port}"`;
  return `set -eu
address=$(getent ahostsv4 ${quote(outside.host)} | awk '{ print $1; exit }')
reaches() { docker run --rm --log-driver none --cap-drop ALL --network "$1" --entrypoint bash ${quote(image)} -c ${quote(attempt)} "$address" >/dev/null 2>&1; }
if ! reaches bridge; then echo ${quote(`verify: ${place} is not reached even by Docker's own network, so nothing can be said of the site's; fix: the host's way to the store`)} >&2; exit 1; fi
if reaches ${quote(network)}; then echo ${quote(`verify: containers on network ${network} reach ${place}: a restored copy could act on the world; nothing was started`)} >&2; exit 1; fi
echo ${quote(`${place} is reached by Docker's own network, and not by ${network}`)}
`;
}
