import type { Faults } from "../emulator/faults";
import type { StateFile } from "../emulator/state-file";
import type { AttachedVolume, HostDriver, HostSpec, OpenPort } from "./driver";
import { linuxDevice, type Action, type CloudState, type Kind, type Server, type Volume } from "./entities";
import { ApiError, notFound } from "./errors";
import { serverTypeByName } from "./views";

/** The emulated project: its state, and the work that the driver does in the background while actions say `running`. */
export class Cloud {
  /** The work that is under way on each server: one thing after the other, as the real API's lock has it. */
  private readonly queues = new Map<number, Promise<void>>();

  constructor(
    readonly store: StateFile<CloudState>,
    readonly driver: HostDriver,
    readonly faults: Faults,
    readonly addressOf: (serverId: number) => string,
  ) {}

  get state(): CloudState {
    return this.store.state;
  }

  nextId(kind: Kind): number {
    return ++this.state.lastId[kind];
  }

  /** A server's id also decides its address, which must be free: addresses repeat after some hundred servers. */
  nextServerId(): number {
    const taken = new Set(this.state.servers.map((server) => this.addressOf(server.id)));
    for (let tries = 0; tries < 1000; tries++) {
      const id = this.nextId("server");
      if (!taken.has(this.addressOf(id))) return id;
    }
    throw new ApiError(403, "resource_limit_exceeded", "no free address for another server");
  }

  find<K extends "sshKeys" | "firewalls" | "servers" | "volumes">(kind: K, id: number): CloudState[K][number] {
    const found = this.state[kind].find((entity) => entity.id === id);
    if (!found) throw notFound(kind.replace(/s$/, ""), id);
    return found;
  }

  /** Records an action. Without `work` it is already a success; with it, the action runs until the work has settled. */
  act(command: string, resources: Action["resources"], work?: () => Promise<void>): Action {
    const now = new Date().toISOString();
    const action: Action = {
      id: this.nextId("action"),
      command,
      status: work ? "running" : "success",
      started: now,
      finished: work ? null : now,
      resources,
      error: null,
    };
    this.state.actions.push(action);
    if (work) this.enqueue(resources.find((r) => r.type === "server")?.id ?? 0, [action], work);
    this.store.save();
    return action;
  }

  /** What the driver needs to boot that server, as the state has it now. */
  hostSpec(server: Server): HostSpec {
    const type = serverTypeByName(server.serverType);
    return {
      id: server.id,
      name: server.name,
      address: this.addressOf(server.id),
      image: server.image,
      size: { type: type.name, cores: type.cores, memoryGiB: type.memoryGiB, diskGB: type.diskGB },
      userData: server.userData,
      sshKeys: server.publicKeys,
      openPorts: this.openPorts(server),
      volumes: this.state.volumes.filter((v) => v.serverId === server.id).map((v) => attached(v, server.id)),
    };
  }

  /** What all firewalls of the server let in. Without a firewall everything is let in, as at Hetzner. */
  openPorts(server: Server): OpenPort[] {
    const anyone = ["0.0.0.0/0", "::/0"];
    if (server.firewallIds.length === 0) {
      return (["tcp", "udp"] as const).map((protocol) => ({ protocol, port: 1, endPort: 65535, sourceCidrs: anyone }));
    }
    return server.firewallIds
      .flatMap((id) => this.find("firewalls", id).rules)
      .flatMap((rule) => {
        if (rule.direction !== "in" || (rule.protocol !== "tcp" && rule.protocol !== "udp")) return [];
        const [first, last] = rule.port === null || rule.port === "any" ? [1, 65535] : rule.port.split("-").map(Number);
        const range = last === undefined ? {} : { endPort: last };
        return [{ protocol: rule.protocol, port: first!, ...range, sourceCidrs: rule.source_ips }];
      });
  }

  /** Boots and, when that succeeded, marks the server as running. */
  async boot(serverId: number): Promise<void> {
    const server = this.find("servers", serverId);
    await this.driver.boot(this.hostSpec(server));
    server.status = "running";
  }

  /** Work on a host that only makes sense while it is on: the next boot brings the same about. */
  async whileOn(serverId: number, work: () => Promise<void>): Promise<void> {
    if (this.find("servers", serverId).status !== "off") await work();
  }

  /** Destroys the host, and only then forgets the server; its volumes are detached and kept. */
  async destroy(serverId: number): Promise<void> {
    await this.driver.destroy(serverId);
    this.state.servers = this.state.servers.filter((server) => server.id !== serverId);
    for (const volume of this.state.volumes) if (volume.serverId === serverId) volume.serverId = null;
  }

  /**
   * After a restart: starts every host that should run, with its volumes and firewalls as the state has them, and goes on deleting. What
   * that does not finish failed with the interruption. Rejects with all failures together.
   */
  async resume(): Promise<void> {
    const interrupted = this.state.actions.filter((action) => action.status === "running");
    const outcomes: Promise<void>[] = [];
    const finished = new Set<Action>();
    for (const server of this.state.servers) {
      if (server.status === "off") continue;
      const deleting = server.status === "deleting";
      const commands = deleting ? finishedByDestroy : finishedByBoot;
      const actions = interrupted.filter(
        (action) =>
          commands.has(action.command) && action.resources.some((r) => r.type === "server" && r.id === server.id),
      );
      for (const action of actions) finished.add(action);
      outcomes.push(
        this.enqueue(server.id, actions, () => (deleting ? this.destroy(server.id) : this.boot(server.id))),
      );
    }
    this.settle(
      interrupted.filter((action) => !finished.has(action)),
      { code: "action_failed", message: "interrupted by a restart of the emulator" },
    );
    const failures = (await Promise.allSettled(outcomes)).filter((outcome) => outcome.status === "rejected");
    if (failures.length > 0) {
      throw new AggregateError(
        failures.map((failure) => failure.reason),
        `Hetzner emulator: ${failures.length} host(s) did not come back: ${failures.map((f) => String(f.reason)).join("; ")}`,
      );
    }
  }

  /** Resolves when no background work is left. */
  async idle(): Promise<void> {
    await Promise.all(this.queues.values());
  }

  /** Runs `work` after whatever that server is busy with, then settles the actions. Rejects as the work does. */
  private enqueue(serverId: number, actions: Action[], work: () => Promise<void>): Promise<void> {
    const result = (this.queues.get(serverId) ?? Promise.resolve()).then(work);
    const settled = result.then(
      () => this.settle(actions, null),
      (error: unknown) => {
        console.error(`hetzner emulator: ${actions.map((a) => a.command).join(", ")} on server ${serverId}:`, error);
        this.settle(actions, {
          code: "action_failed",
          message: error instanceof Error ? error.message : String(error),
        });
      },
    );
    this.queues.set(serverId, settled);
    result.catch(() => settled); // the failure is reported by the action
    return result;
  }

  private settle(actions: Action[], error: Action["error"]): void {
    for (const action of actions) {
      action.status = error ? "error" : "success";
      action.error = error;
      action.finished = new Date().toISOString();
    }
    this.store.save();
  }
}

/** Actions whose effect is there when the host has been booted from the state, or is gone. */
const finishedByBoot = new Set([
  "create_server",
  "start_server",
  "reboot_server",
  "reset_server",
  "attach_volume",
  "apply_firewall",
  "remove_firewall",
]);
const finishedByDestroy = new Set(["delete_server"]);

export const attached = (volume: Volume, serverId: number): AttachedVolume => ({
  volumeId: volume.id,
  serverId,
  sizeGiB: volume.sizeGiB,
  format: volume.format ?? undefined,
  linuxDevice: linuxDevice(volume.id),
});
