/** What the emulator keeps. The API's answers are made of it by `views.ts`. Ids are numbers that are never given twice. */
export interface SshKey {
  id: number;
  name: string;
  publicKey: string;
  labels: Labels;
  created: string;
}

export interface FirewallRule {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  /** "80", "8000-8100" or "any"; only for tcp and udp. */
  port: string | null;
  source_ips: string[];
  destination_ips: string[];
  description: string | null;
}

export interface Firewall {
  id: number;
  name: string;
  rules: FirewallRule[];
  labels: Labels;
  created: string;
}

export interface Server {
  id: number;
  name: string;
  status: "initializing" | "running" | "off" | "deleting";
  /** Names in the catalogue of `seed.ts`. */
  serverType: string;
  image: string;
  location: string;
  userData: string;
  /** The keys as they were at creation: deleting a key does not take it from a server. */
  publicKeys: string[];
  firewallIds: number[];
  labels: Labels;
  protection: { delete: boolean; rebuild: boolean };
  created: string;
}

export interface Volume {
  id: number;
  name: string;
  sizeGiB: number;
  location: string;
  serverId: number | null;
  format: "ext4" | "xfs" | null;
  labels: Labels;
  protection: { delete: boolean };
  created: string;
}

export interface Action {
  id: number;
  command: string;
  status: "running" | "success" | "error";
  started: string;
  finished: string | null;
  resources: { id: number; type: "server" | "volume" | "firewall" }[];
  error: { code: string; message: string } | null;
}

export type Labels = Record<string, string>;

export interface CloudState {
  /** Last id given, by kind. */
  lastId: Record<Kind, number>;
  sshKeys: SshKey[];
  firewalls: Firewall[];
  servers: Server[];
  volumes: Volume[];
  actions: Action[];
}

export type Kind = "sshKey" | "firewall" | "server" | "volume" | "action";

export const emptyCloud = (): CloudState => ({
  lastId: { sshKey: 0, firewall: 0, server: 0, volume: 0, action: 0 },
  sshKeys: [],
  firewalls: [],
  servers: [],
  volumes: [],
  actions: [],
});

export const linuxDevice = (volumeId: number): string => `/dev/disk/by-id/scsi-0HC_Volume_${volumeId}`;
