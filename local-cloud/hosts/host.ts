import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import { addresses } from "../addresses";
import type { OpenPort } from "../hetzner/driver";
import { waitUntil } from "../wait";
import { cutOffRules, firewallRules } from "./firewall";
import { archive, seedFiles, type CloudInitSeed } from "./seed";
import type { BlockDevice } from "./volumes";

/** What makes an emulated host: a container with its own sshd and dockerd, on an address of its own. */
export interface EmulatedHostArgs {
  /** Name of its container and of its Docker volumes. @example "hetzner-7" */
  readonly id: string;
  /** Loopback address on which its ports are published. */
  readonly address: string;
  readonly seed: CloudInitSeed;
  /** Memory limit of everything that runs on it. Unset: none. */
  readonly memoryGiB?: number;
  /** Folders that are disks of their own, besides /var/lib/docker. @default [] */
  readonly disks?: readonly string[];
}

/** What surrounds a host: changes while it runs. */
export interface Wiring {
  readonly openPorts: readonly OpenPort[];
  /** Path of the link that names the device -> the device. */
  readonly devices: Readonly<Record<string, BlockDevice>>;
  /** The host is cut off from the network, in both directions. @default false */
  readonly cutOff?: boolean;
}

/** Ports that a host can have open towards the operator. Docker publishes at creation only, so these are published always and the firewall decides. */
const publishedPorts = [22, 80, 443];

/** Label of every emulated host's container and volumes, with its id as the value. */
export const hostLabel = "smarteros.local-cloud.host";

/** Seconds that a host has for an orderly shutdown before its power is cut. */
const shutdownSeconds = 60;

/** Emulated hosts on the outer Docker. Every method may be repeated. */
export class Hosts {
  constructor(
    private readonly docker: Docker,
    /** The OS image: `ensureHostImage`. */
    private readonly image: string,
    /** PEM of the local cloud's CA: stands in the hosts' trust store beside the public ones. */
    private readonly caPem: string,
  ) {}

  /** Makes the host if there is none, wires it and gives it power. The boot is still under way when this resolves. */
  async start(args: EmulatedHostArgs, wiring: Wiring): Promise<void> {
    if (!(await this.exists(args.id))) await this.create(args);
    await this.restart(args.id, wiring);
  }

  /** Gives power to a host that exists; one that runs is only wired. */
  async restart(id: string, wiring: Wiring): Promise<void> {
    await this.wire(id, wiring);
    await this.container(id).start().catch(tolerate(304));
  }

  /** Replaces the firewall and the devices of a host; a running one shows them at once. */
  async wire(id: string, wiring: Wiring): Promise<void> {
    await this.put(id, wiringFiles(wiring));
    if (await this.isRunning(id)) await this.run(id, ["local-cloud-wiring"]);
  }

  /** Shuts it down in order (docker's containers, sshd, file systems). */
  async stop(id: string): Promise<void> {
    await this.container(id).stop({ t: shutdownSeconds }).catch(tolerate(304, 404));
  }

  /** Cuts its power: every process of it is killed at once. */
  async cutPower(id: string): Promise<void> {
    await this.container(id).kill().catch(tolerate(404, 409));
    await waitUntil(async () => !(await this.isRunning(id)), { what: `${id} to be without power`, seconds: 20 });
  }

  /** Kills it and deletes its disks. */
  async destroy(id: string): Promise<void> {
    await this.container(id).remove({ force: true, v: true }).catch(tolerate(404));
    const { Volumes } = await this.docker.listVolumes({ filters: { label: [`${hostLabel}=${id}`] } });
    await Promise.all(Volumes.map(({ Name }) => this.docker.getVolume(Name).remove()));
  }

  async exists(id: string): Promise<boolean> {
    return this.container(id)
      .inspect()
      .then(() => true, tolerate(404));
  }

  async isRunning(id: string): Promise<boolean> {
    return this.container(id)
      .inspect()
      .then(({ State }) => State.Running, tolerate(404));
  }

  /** Every host, and whether it runs. */
  async status(): Promise<Record<string, boolean>> {
    const containers = await this.docker.listContainers({ all: true, filters: { label: [hostLabel] } });
    return Object.fromEntries(containers.map(({ Labels, State }) => [Labels[hostLabel]!, State === "running"]));
  }

  /** Waits for the end of the boot: cloud-init is through, sshd and dockerd answer. */
  async waitUntilUp(id: string): Promise<void> {
    await waitUntil(async () => (await this.run(id, ["local-cloud-ready"]), true), {
      what: `${id} to be up`,
      seconds: 90,
      everyMilliseconds: 200,
      hint: async () =>
        `its console: ${(await this.container(id).logs({ stdout: true, stderr: true, tail: 10 })).toString()}`,
    });
  }

  private async create({ id, address, seed, memoryGiB, disks = [] }: EmulatedHostArgs): Promise<void> {
    const labels = { [hostLabel]: id };
    const folders = ["/var/lib/docker", ...disks];
    const volumes = folders.map((folder) => ({ name: `${id}${folder.replaceAll("/", "-")}`, folder }));
    await Promise.all(volumes.map(({ name }) => this.docker.createVolume({ Name: name, Labels: labels })));
    await this.docker.createContainer({
      name: id,
      Image: this.image,
      Hostname: seed.hostname,
      Labels: labels,
      ExposedPorts: Object.fromEntries(publishedPorts.map((port) => [`${port}/tcp`, {}])),
      HostConfig: {
        PortBindings: Object.fromEntries(
          publishedPorts.map((port) => [`${port}/tcp`, [{ HostIp: address, HostPort: `${port}` }]]),
        ),
        Dns: [addresses.bridgeGateway],
        // A dockerd inside needs nearly everything; SYS_RESOURCE is left out because not every machine may give it.
        CapAdd: ["ALL"],
        CapDrop: ["SYS_RESOURCE"],
        SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
        ...hostCgroups,
        DeviceCgroupRules: ["b 7:* rwm"],
        Binds: ["/sys/fs/cgroup:/sys/fs/cgroup:rw", ...volumes.map(({ name, folder }) => `${name}:${folder}`)],
        Tmpfs: { "/run": "exec,mode=755" },
        Memory: memoryGiB === undefined ? 0 : memoryGiB * 2 ** 30,
        LogConfig: { Type: "json-file", Config: { "max-size": "1m", "max-file": "2" } },
      },
    });
    await this.put(id, { ...seedFiles(seed), "usr/local/share/ca-certificates/local-cloud.crt": this.caPem });
  }

  private container(id: string): Docker.Container {
    return this.docker.getContainer(id);
  }

  private async put(id: string, files: Record<string, string>): Promise<void> {
    await this.container(id).putArchive(await archive(files), { path: "/" });
  }

  /** Runs a command in the host; its output becomes the error's when it fails. */
  private async run(id: string, command: string[]): Promise<void> {
    const exec = await this.container(id).exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
    const stream = await exec.start({});
    const output: Buffer[] = [];
    const both = new PassThrough().on("data", (chunk: Buffer) => output.push(chunk));
    this.docker.modem.demuxStream(stream, both, both);
    await new Promise((resolve, reject) => stream.once("end", resolve).once("error", reject));
    const { ExitCode } = await exec.inspect();
    if (ExitCode !== 0)
      throw new Error(
        `${command.join(" ")} on ${id} ended with ${ExitCode}: ${Buffer.concat(output).toString().trim()}`,
      );
  }
}

/** The machine's control groups, seen as they are (API 1.41; the types do not know it yet). */
const hostCgroups: object = { CgroupnsMode: "host" };

const wiringFiles = ({ openPorts, devices, cutOff }: Wiring): Record<string, string> => ({
  "etc/local-cloud/firewall": cutOff ? cutOffRules() : firewallRules(openPorts),
  "etc/local-cloud/devices": Object.entries(devices)
    .map(([link, { major, minor }]) => `${link} ${major} ${minor}\n`)
    .join(""),
});

/** A rejection handler: Docker's answers with these status codes mean that there is nothing to do. */
const tolerate =
  (...codes: number[]) =>
  (error: { statusCode?: number }): false => {
    if (codes.includes(error.statusCode ?? 0)) return false;
    throw error;
  };
