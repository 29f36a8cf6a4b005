import { BlockList } from "node:net";

/** Networks that no public record may point to: https://www.iana.org/assignments/iana-ipv4-special-registry */
const special = new BlockList();
for (const [address, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  special.addSubnet(address, prefix, "ipv4");
}

/** False for private, loopback, link-local, shared, multicast and documentation addresses. */
export const isPublicIpv4 = (address: string): boolean => !special.check(address, "ipv4");
