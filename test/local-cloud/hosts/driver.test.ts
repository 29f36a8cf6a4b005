import { beforeEach, expect, it } from "vitest";
import type { HostSpec } from "../../../local-cloud/hetzner/driver";
import { LocalHostDriver } from "../../../local-cloud/hosts/driver";
import type { Hosts } from "../../../local-cloud/hosts/host";
import type { VolumeStore } from "../../../local-cloud/hosts/volumes";

let calls: unknown[][];
let driver: LocalHostDriver;

/** Records every call; a volume's device number is its id. */
const recorder = (name: string) =>
  new Proxy(
    {},
    {
      get:
        (_, method) =>
        async (...args: unknown[]) => {
          calls.push([`${name}.${String(method)}`, ...args]);
          return method === "plug" ? { major: 7, minor: args[0] } : undefined;
        },
    },
  );

const volume = {
  volumeId: 3,
  serverId: 7,
  sizeGiB: 10,
  format: "ext4",
  linuxDevice: "/dev/disk/by-id/scsi-0HC_Volume_3",
} as const;
const ssh = { protocol: "tcp", port: 22, sourceCidrs: ["0.0.0.0/0"] } as const;
const spec: HostSpec = {
  id: 7,
  name: "recovery",
  address: "127.10.1.7",
  image: "debian-12",
  size: { type: "cx33", cores: 4, memoryGiB: 8, diskGB: 80 },
  userData: "#cloud-config\n",
  sshKeys: [],
  openPorts: [ssh],
  volumes: [volume],
};

beforeEach(() => {
  calls = [];
  driver = new LocalHostDriver(recorder("hosts") as Hosts, recorder("volumes") as VolumeStore);
});

it("plugs a server's volumes in before it gets power", async () => {
  await driver.boot(spec);
  expect(calls.map(([what]) => what)).toEqual(["volumes.ensure", "volumes.plug", "hosts.start"]);
  expect(calls[2]!.slice(1)).toEqual([
    expect.objectContaining({ id: "hetzner-7", address: "127.10.1.7", memoryGiB: 8 }),
    { openPorts: [ssh], devices: { [volume.linuxDevice]: { major: 7, minor: 3 } } },
  ]);
});

it("takes the volumes out of a server that is destroyed, and keeps their content", async () => {
  await driver.boot(spec);
  calls = [];
  await driver.destroy(7);
  expect(calls).toEqual([
    ["hosts.destroy", "hetzner-7"],
    ["volumes.unplug", 3],
  ]);
});

it("hides a volume from the host before it is unplugged", async () => {
  await driver.boot(spec);
  calls = [];
  await driver.detachVolume(volume);
  expect(calls).toEqual([
    ["hosts.wire", "hetzner-7", { openPorts: [ssh], devices: {} }],
    ["volumes.unplug", 3],
  ]);
});

it("shuts down in order only when that is asked for", async () => {
  await driver.boot(spec);
  calls = [];
  await driver.power(7, "off", { graceful: false });
  await driver.power(7, "off", { graceful: true });
  expect(calls).toEqual([
    ["hosts.cutPower", "hetzner-7"],
    ["hosts.stop", "hetzner-7"],
  ]);
});

it("names a server that it never booted", async () => {
  await expect(driver.setFirewall(8, [])).rejects.toThrow("server 8 was never booted by this driver");
});
