import type { HostDriver } from "../../../local-cloud/hetzner/driver";

/** A driver without hosts: it records what it is asked, and a test can hold or fail the next boot. */
export class RecordingDriver implements HostDriver {
  readonly calls: [string, ...unknown[]][] = [];
  beforeBoot: () => Promise<void> = async () => {};

  async boot(host: Parameters<HostDriver["boot"]>[0]) {
    await this.beforeBoot();
    this.calls.push(["boot", host]);
  }
  async destroy(...args: Parameters<HostDriver["destroy"]>) {
    this.calls.push(["destroy", ...args]);
  }
  async power(...args: Parameters<HostDriver["power"]>) {
    this.calls.push(["power", ...args]);
  }
  async setFirewall(...args: Parameters<HostDriver["setFirewall"]>) {
    this.calls.push(["setFirewall", ...args]);
  }
  async attachVolume(...args: Parameters<HostDriver["attachVolume"]>) {
    this.calls.push(["attachVolume", ...args]);
  }
  async detachVolume(...args: Parameters<HostDriver["detachVolume"]>) {
    this.calls.push(["detachVolume", ...args]);
  }
  async resizeVolume(...args: Parameters<HostDriver["resizeVolume"]>) {
    this.calls.push(["resizeVolume", ...args]);
  }
  async destroyVolume(...args: Parameters<HostDriver["destroyVolume"]>) {
    this.calls.push(["destroyVolume", ...args]);
  }

  named(name: string) {
    return this.calls.filter(([called]) => called === name).map(([, ...args]) => args);
  }
}
