import { BlockList } from "node:net";
import { addresses } from "../addresses";
import type { OpenPort } from "../hetzner/driver";

/** Chain in a host's mangle table that stands for the provider's firewall in front of it. */
const chain = "CLOUD-FIREWALL";

/**
 * The firewall as input of `iptables-restore --noflush`: replaces its chain in one step, and lets established connections be.
 * What a rule does not let in is dropped without an answer, as at Hetzner.
 *
 * The operator's loopback arrives on the bridge as its gateway (Docker's proxy connects for it), so a network that holds the
 * operator's address admits the gateway.
 */
export function firewallRules(openPorts: readonly OpenPort[]): string {
  const accepted = openPorts.flatMap(({ protocol, port, endPort, sourceCidrs }) => {
    const ports = endPort === undefined || endPort === port ? `${port}` : `${port}:${endPort}`;
    const sources = sourceCidrs.filter(isIpv4);
    const admitted = sources.some((cidr) => covers(cidr, addresses.front))
      ? [...sources, `${addresses.bridgeGateway}/32`]
      : sources;
    return [...new Set(admitted)].map((source) => `-A ${chain} -s ${source} -p ${protocol} --dport ${ports} -j RETURN`);
  });
  return [
    "*mangle",
    `:${chain} - [0:0]`,
    `-A ${chain} -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN`,
    `-A ${chain} -p icmp -j RETURN`,
    ...accepted,
    `-A ${chain} -j DROP`,
    "COMMIT",
    "",
  ].join("\n");
}

/** A cable that is cut: nothing comes in, answers to what the host itself asks for neither. */
export const cutOffRules = (): string =>
  ["*mangle", `:${chain} - [0:0]`, `-A ${chain} -j DROP`, "COMMIT", ""].join("\n");

/** The emulated network is IPv4 only. */
const isIpv4 = (cidr: string) => !cidr.includes(":");

function covers(cidr: string, address: string): boolean {
  const [network, bits] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(network!, Number(bits ?? 32), "ipv4");
  return list.check(address, "ipv4");
}
