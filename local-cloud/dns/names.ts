import { addresses } from "../addresses";

/** From where a question comes: the operator's machine, or an emulated host. The same service has another address for each. */
export type View = "operator" | "host";

/** The local cloud's own zone. Its names stand for services on the Internet. */
export const ownZone = "local-cloud.test";

/** The services that both sides reach by name. All of them listen on the front's address and on the bridge's. */
const services = [
  addresses.s3.host,
  addresses.registry.host,
  `iam.${ownZone}`,
  `hetzner.${ownZone}`,
  `cloudflare.${ownZone}`,
];
const nameServers = [`ada.ns.${ownZone}`, `bob.ns.${ownZone}`];

/** Seconds. */
const ttl = 60;

/** The local cloud's own zone as that side sees it. */
export const ownZoneFor = (view: View) => ({
  name: ownZone,
  serial: 1,
  nameServers,
  records: [...services, ...nameServers].map((name) => ({
    name,
    type: "A" as const,
    content: view === "operator" ? addresses.front : addresses.bridgeGateway,
    ttl,
  })),
});
