import { addresses } from "../addresses";
import type { OpenPort } from "../hetzner/driver";
import type { Hosts } from "./host";

/** The VPS that the primary runs on. It is no API's product: it exists, has an address, and is reached by SSH as root. */
export interface HostingerArgs {
  /** The host's ed25519 key in OpenSSH's private key format, so that its public half is known beforehand. */
  readonly hostKeyPrivate: string;
  /** Public key in OpenSSH format that root accepts. */
  readonly authorizedKey: string;
}

const id = "hostinger";

/** The VPS has no firewall in front of it. */
const everything: OpenPort[] = [{ protocol: "tcp", port: 1, endPort: 65535, sourceCidrs: ["0.0.0.0/0"] }];

/** Creates the VPS, or starts the one that is there: its disks outlive `cloud:down`. Resolves when it is ready for use. */
export async function bootHostinger(hosts: Hosts, args: HostingerArgs): Promise<void> {
  const userData = {
    ssh_deletekeys: true,
    ssh_genkeytypes: ["ed25519"],
    ssh_keys: { ed25519_private: args.hostKeyPrivate },
  };
  const seed = {
    instanceId: id,
    hostname: "smarterbot-vps",
    userData: `#cloud-config\n${JSON.stringify(userData)}\n`,
    sshKeys: [args.authorizedKey],
  };
  await hosts.start(
    { id, address: addresses.hostinger, seed, disks: ["/srv"] },
    { openPorts: everything, devices: {} },
  );
  await hosts.waitUntilUp(id);
}

/** Starts the VPS again after `cloud:down`, if there is one. */
export async function resumeHostinger(hosts: Hosts): Promise<void> {
  if (await hosts.exists(id)) await hosts.restart(id, { openPorts: everything, devices: {} });
}

/** Cuts the VPS off from the network, or connects it again; it runs on. */
export async function connectHostinger(hosts: Hosts, connected: boolean): Promise<void> {
  await hosts.wire(id, { openPorts: everything, devices: {}, cutOff: !connected });
}

/** Cuts the VPS' power and gives it back; resolves when it is up. It is connected to the network afterwards. */
export async function rebootHostinger(hosts: Hosts): Promise<void> {
  await hosts.cutPower(id);
  await hosts.restart(id, { openPorts: everything, devices: {} });
  await hosts.waitUntilUp(id);
}

/** Loses the VPS without warning: every process of it is killed, then its disks are deleted. */
export async function destroyHostinger(hosts: Hosts): Promise<void> {
  await hosts.destroy(id);
}
