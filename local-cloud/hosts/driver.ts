import type { AttachedVolume, HostDriver, HostSpec, OpenPort } from "../hetzner/driver";
import type { Hosts, Wiring } from "./host";
import type { VolumeStore } from "./volumes";

interface Known {
  spec: HostSpec;
  openPorts: readonly OpenPort[];
  volumes: Map<number, AttachedVolume>;
}

/** Makes real hosts and real block devices of what the Hetzner emulator asks for. */
export class LocalHostDriver implements HostDriver {
  /** What was last asked for, by server; the emulator's state is the lasting one and boots each server again after a start. */
  private readonly known = new Map<number, Known>();

  constructor(
    private readonly hosts: Hosts,
    private readonly volumes: VolumeStore,
  ) {}

  async boot(spec: HostSpec): Promise<void> {
    const volumes = new Map(spec.volumes.map((volume) => [volume.volumeId, volume]));
    this.known.set(spec.id, { spec, openPorts: spec.openPorts, volumes });
    await this.start(spec.id);
  }

  async destroy(serverId: number): Promise<void> {
    await this.hosts.destroy(containerName(serverId));
    const volumes = [...(this.known.get(serverId)?.volumes.keys() ?? [])];
    this.known.delete(serverId);
    await Promise.all(volumes.map((id) => this.volumes.unplug(id)));
  }

  async power(serverId: number, state: "on" | "off", { graceful }: { graceful: boolean }): Promise<void> {
    if (state === "on") return this.start(serverId);
    const id = containerName(serverId);
    await (graceful ? this.hosts.stop(id) : this.hosts.cutPower(id));
  }

  async setFirewall(serverId: number, openPorts: readonly OpenPort[]): Promise<void> {
    this.get(serverId).openPorts = openPorts;
    await this.rewire(serverId);
  }

  async attachVolume(volume: AttachedVolume): Promise<void> {
    this.get(volume.serverId).volumes.set(volume.volumeId, volume);
    await this.rewire(volume.serverId);
  }

  async detachVolume({ volumeId, serverId }: { volumeId: number; serverId: number }): Promise<void> {
    if (this.known.get(serverId)?.volumes.delete(volumeId)) await this.rewire(serverId);
    await this.volumes.unplug(volumeId);
  }

  async resizeVolume({ volumeId, sizeGiB }: { volumeId: number; sizeGiB: number }): Promise<void> {
    await this.volumes.grow(volumeId, sizeGiB);
  }

  async destroyVolume(volumeId: number): Promise<void> {
    await this.volumes.destroy(volumeId);
  }

  private async start(serverId: number): Promise<void> {
    const { spec } = this.get(serverId);
    const id = containerName(serverId);
    const seed = { instanceId: id, hostname: spec.name, userData: spec.userData, sshKeys: spec.sshKeys };
    await this.hosts.start(
      { id, address: spec.address, seed, memoryGiB: spec.size.memoryGiB },
      await this.wiring(serverId),
    );
  }

  private async rewire(serverId: number): Promise<void> {
    await this.hosts.wire(containerName(serverId), await this.wiring(serverId));
  }

  /** Devices are plugged in anew each time: their numbers change when the machine or the local cloud was restarted. */
  private async wiring(serverId: number): Promise<Wiring> {
    const { openPorts, volumes } = this.get(serverId);
    const devices: Wiring["devices"] = Object.fromEntries(
      await Promise.all(
        [...volumes.values()].map(async ({ volumeId, sizeGiB, format, linuxDevice }) => {
          await this.volumes.ensure(volumeId, sizeGiB, format);
          return [linuxDevice, await this.volumes.plug(volumeId)] as const;
        }),
      ),
    );
    return { openPorts, devices };
  }

  private get(serverId: number): Known {
    const known = this.known.get(serverId);
    if (!known) throw new Error(`server ${serverId} was never booted by this driver; fix: call boot first`);
    return known;
  }
}

const containerName = (serverId: number) => `hetzner-${serverId}`;
