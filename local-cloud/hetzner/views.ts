import { createHash } from "node:crypto";
import {
  linuxDevice,
  type Action,
  type CloudState,
  type Firewall,
  type Server,
  type SshKey,
  type Volume,
} from "./entities";
import { images, locations, serverTypes, type Image, type Location, type ServerType } from "./seed";

/** The API's JSON of each entity, as the fields are named there. */
export const locationView = ({ datacenter: _, ...location }: Location) => location;

export const locationByName = (name: string): Location => locations.find((l) => l.name === name)!;
export const serverTypeByName = (name: string): ServerType => serverTypes.find((t) => t.name === name)!;
export const imageByName = (name: string): Image => images.find((i) => i.name === name)!;

/** @param soldOut Is the type sold out there because of an armed fault? */
export function serverTypeView(type: ServerType, soldOut: (location: string) => boolean = () => false) {
  const deprecation = type.deprecation ?? null;
  return {
    id: type.id,
    name: type.name,
    description: type.name.toUpperCase(),
    category: type.category,
    cores: type.cores,
    memory: type.memoryGiB,
    disk: type.diskGB,
    cpu_type: type.cpuType,
    architecture: "x86",
    storage_type: "local",
    deprecated: deprecation !== null,
    deprecation,
    included_traffic: 21990232555520,
    prices: [],
    locations: Object.entries(type.offers).map(([name, offer]) => ({
      id: locationByName(name).id,
      name,
      deprecation,
      available: offer === "available" && !soldOut(name),
      recommended: offer === "available" && !soldOut(name),
    })),
  };
}

export const imageView = (image: Image) => ({
  id: image.id,
  type: "system",
  status: "available",
  name: image.name,
  description: image.description,
  image_size: null,
  disk_size: 5,
  created: image.created,
  created_from: null,
  bound_to: null,
  os_flavor: image.osFlavor,
  os_version: image.osVersion,
  rapid_deploy: true,
  architecture: "x86",
  protection: { delete: false },
  deprecated: null,
  deleted: null,
  labels: {},
});

export const sshKeyView = (key: SshKey) => ({
  id: key.id,
  name: key.name,
  fingerprint: fingerprint(key.publicKey),
  public_key: key.publicKey,
  labels: key.labels,
  created: key.created,
});

export const firewallView = (firewall: Firewall, state: CloudState) => ({
  ...firewall,
  applied_to: state.servers
    .filter((server) => server.firewallIds.includes(firewall.id))
    .map((server) => ({ type: "server", server: { id: server.id } })),
});

export function serverView(server: Server, state: CloudState, address: string) {
  const type = serverTypeByName(server.serverType);
  const location = locationByName(server.location);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: server.created,
    public_net: {
      ipv4: { id: server.id, ip: address, blocked: false, dns_ptr: `static.${address}.clients.example` },
      // The emulated hosts have no IPv6; the API always reports a network, here one of the documentation prefix (RFC 3849).
      ipv6: { id: server.id, ip: `2001:db8:${server.id.toString(16)}::/64`, blocked: false, dns_ptr: [] },
      floating_ips: [],
      firewalls: server.firewallIds.map((id) => ({ id, status: "applied" })),
    },
    private_net: [],
    server_type: serverTypeView(type),
    location: locationView(location),
    datacenter: {
      id: location.id,
      name: location.datacenter,
      description: location.description,
      location: locationView(location),
      server_types: { supported: [], available: [], available_for_migration: [] },
    },
    image: imageView(imageByName(server.image)),
    iso: null,
    rescue_enabled: false,
    locked: state.actions.some(
      (a) => a.status === "running" && a.resources.some((r) => r.type === "server" && r.id === server.id),
    ),
    backup_window: null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 21990232555520,
    protection: server.protection,
    labels: server.labels,
    volumes: state.volumes.filter((volume) => volume.serverId === server.id).map((volume) => volume.id),
    load_balancers: [],
    primary_disk_size: type.diskGB,
    placement_group: null,
  };
}

export const volumeView = (volume: Volume) => ({
  id: volume.id,
  name: volume.name,
  size: volume.sizeGiB,
  server: volume.serverId,
  status: "available",
  format: volume.format,
  linux_device: linuxDevice(volume.id),
  location: locationView(locationByName(volume.location)),
  protection: volume.protection,
  labels: volume.labels,
  created: volume.created,
});

export const actionView = (action: Action) => ({ ...action, progress: action.status === "running" ? 0 : 100 });

/** MD5 of the key's blob in hex pairs, as the API reports it. */
export function fingerprint(publicKey: string): string {
  const blob = Buffer.from(publicKey.trim().split(/\s+/)[1] ?? "", "base64");
  return createHash("md5")
    .update(blob)
    .digest("hex")
    .replace(/(..)(?=.)/g, "$1:");
}
