/**
 * Where the local cloud answers. Loopback for the operator's side; the hosts' bridge for what runs inside emulated hosts
 * (their loopback is their own). Names under .test never leave the machine (RFC 6761).
 */
export const addresses = {
  /** The "Internet" as the operator's machine sees it. */
  front: "127.10.0.1",
  /** The same services as seen from inside the emulated hosts: the gateway of the outer Docker bridge. */
  bridgeGateway: "172.30.0.1",
  bridgeCidr: "172.30.0.1/24",
  hetzner: { port: 8080, url: "http://127.10.0.1:8080/v1" },
  cloudflare: { port: 8081, url: "http://127.10.0.1:8081/client/v4" },
  /** S3 over TLS, same port on both sides. Certificate names: s3.local-cloud.test, localhost, 127.10.0.1. */
  s3: { port: 443, host: "s3.local-cloud.test", operatorUrl: "https://127.10.0.1:443" },
  iam: { port: 7443, operatorUrl: "https://127.10.0.1:7443" },
  registry: { port: 5000, host: "registry.local-cloud.test", operatorUrl: "https://127.10.0.1:5000" },
  /** DNS over UDP and TCP. The zones of the Cloudflare emulator, and the local cloud's own names. */
  dns: { port: 53 },
  /** The primary: stands for the VPS at Hostinger. */
  hostinger: "127.10.0.2",
  /** Servers of the Hetzner emulator: 127.10.1.1, 127.10.1.2, ... by id. */
  hetznerServer: (id: number) => `127.10.1.${1 + ((id - 1) % 250)}`,
} as const;

/** Root credentials of the emulated AWS account, and tokens of the emulated APIs: of the length the real plugins insist on. */
export const credentials = {
  awsAccessKey: "AKIALOCALCLOUDROOT00",
  awsSecretKey: "local-cloud-root-secret-key-0000000000000",
  hetznerToken: "localcloud".padEnd(64, "0"),
  cloudflareToken: "localcloud".padEnd(40, "0"),
} as const;
