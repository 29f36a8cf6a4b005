/**
 * What the Hetzner emulator asks of the machine: it keeps the API's state, a driver makes hosts of it.
 * Every call is idempotent (the emulator repeats it when it was stopped in the middle) and resolves only when the effect is
 * there; a rejection becomes the failed action that the API's client polls, with the error's message.
 */
export interface HostDriver {
  /**
   * Creates and starts the host, or starts it again when it exists (after `cloud:down`, or a power cycle).
   * Resolves when the host runs and its address is wired; cloud-init may still be at work, as at Hetzner.
   */
  boot(host: HostSpec): Promise<void>;
  /** Removes the host and its own disk. Volumes that were attached stay. */
  destroy(serverId: number): Promise<void>;
  /** Shuts the host down, or, when not `graceful`, cuts its power. It is switched on again by `boot`. */
  power(serverId: number, state: "off", options: { graceful: boolean }): Promise<void>;
  /** Replaces what the firewall lets in to a running host; connections that stay allowed are not cut. */
  setFirewall(serverId: number, openPorts: readonly OpenPort[]): Promise<void>;
  /** Shows the volume to the running host as `linuxDevice`; creates and formats its storage the first time. */
  attachVolume(volume: AttachedVolume): Promise<void>;
  /** Takes the volume from the host; its content stays. */
  detachVolume(volume: { readonly volumeId: number; readonly serverId: number }): Promise<void>;
  /** Grows the volume. The file system on it is not grown, as at Hetzner. */
  resizeVolume(volume: { readonly volumeId: number; readonly sizeGiB: number }): Promise<void>;
  /** Deletes the volume's content for good. */
  destroyVolume(volumeId: number): Promise<void>;
}

export interface HostSpec {
  readonly id: number;
  /** Host name, unique in the project. */
  readonly name: string;
  /** Loopback address that stands for the public IPv4. */
  readonly address: string;
  /** Name of the image that was ordered. @example "debian-12" */
  readonly image: string;
  /** The server type's own figures, for limits: virtual CPUs, memory in GiB, disk in GB. */
  readonly size: { readonly type: string; readonly cores: number; readonly memoryGiB: number; readonly diskGB: number };
  /** cloud-init user data exactly as it was sent, or "". */
  readonly userData: string;
  /** Public keys in OpenSSH format, to be authorized for root. */
  readonly sshKeys: readonly string[];
  readonly openPorts: readonly OpenPort[];
  /** Volumes that are attached from the first start. */
  readonly volumes: readonly AttachedVolume[];
}

/** One inbound hole of the firewall. No firewall at all is one hole for everything. */
export interface OpenPort {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  /** Last port of a range. @default port */
  readonly endPort?: number;
  /** Who may connect. @example ["0.0.0.0/0", "::/0"] */
  readonly sourceCidrs: readonly string[];
}

export interface AttachedVolume {
  readonly volumeId: number;
  readonly serverId: number;
  readonly sizeGiB: number;
  /** File system made when the volume was new; undefined: raw. */
  readonly format?: "ext4" | "xfs";
  /** @example "/dev/disk/by-id/scsi-0HC_Volume_7" */
  readonly linuxDevice: string;
}
