import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { credentials } from "../../../local-cloud/addresses";
import { start, type HetznerEmulator } from "../../../local-cloud/hetzner";
import { waitUntil } from "../../../local-cloud/wait";
import { jsonApi } from "../json-api";
import { RecordingDriver } from "./recording-driver";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHCCPX5GyvDOTGbCB+XMlf7nTGyPZKQ9rXdvMyYz0Rp operator";

let dir: string;
let driver: RecordingDriver;
let emulator: HetznerEmulator;
let api: ReturnType<typeof jsonApi>;

const boot = () => start({ port: 0, hostname: "127.0.0.1", stateFile: join(dir, "state.json"), driver });
const restart = async () => {
  await emulator.close();
  emulator = await boot();
  api = jsonApi(emulator.url, credentials.hetznerToken);
};
const finished = async (...actions: { id: number }[]) => {
  const query = actions.map(({ id }) => `id=${id}`).join("&");
  const poll = async () => (await api("GET", `/actions?${query}&sort=status&sort=id`)).json.actions;
  await waitUntil(async () => (await poll()).every((a: { status: string }) => a.status !== "running"), {
    what: `actions ${query}`,
    seconds: 5,
  });
  return poll();
};
const arm = (fault: object) =>
  fetch(new URL("/_emulator/faults", emulator.url), { method: "POST", body: JSON.stringify(fault) });

async function createServer(more: object = {}) {
  const { json: sshKey } = await api("POST", "/ssh_keys", { name: "operator", public_key: key });
  const { json: firewall } = await api("POST", "/firewalls", {
    name: "web",
    rules: [
      { direction: "in", protocol: "tcp", port: "22", source_ips: ["10.0.0.0/8"] },
      { direction: "in", protocol: "tcp", port: "80-443", source_ips: ["0.0.0.0/0", "::/0"] },
    ],
  });
  const created = await api("POST", "/servers", {
    name: "recovery",
    server_type: "cpx22",
    image: 114690387,
    ssh_keys: [sshKey.ssh_key.id],
    location: "nbg1",
    user_data: "#cloud-config\n",
    labels: { generation: "2" },
    firewalls: [{ firewall: firewall.firewall.id }],
    ...more,
  });
  return { ...created, firewallId: firewall.firewall.id as number };
}

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hetzner-"));
  driver = new RecordingDriver();
  emulator = await boot();
  api = jsonApi(emulator.url, credentials.hetznerToken);
});
afterEach(async () => {
  await emulator.close();
  await rm(dir, { recursive: true });
});

describe("every request", () => {
  it("needs the token", async () => {
    const { status, json } = await jsonApi(emulator.url, "wrong")("GET", "/servers");
    expect([status, json.error.code]).toEqual([401, "unauthorized"]);
  });

  it("answers 501 for what is not emulated, naming it", async () => {
    const endpoint = await api("GET", "/load_balancers");
    expect([endpoint.status, endpoint.json.error.message]).toEqual([
      501,
      "the Hetzner emulator does not do this: GET /v1/load_balancers",
    ]);
    const field = await createServer({ placement_group: 1 });
    expect([field.status, field.json.error.message]).toEqual([
      501,
      "the Hetzner emulator does not do this: request field placement_group",
    ]);
  });

  it("can be made to fail for a number of times", async () => {
    await arm({ scenario: "rate-limit", times: 1, path: "/locations" });
    expect((await api("GET", "/server_types")).status).toBe(200);
    const limited = await api("GET", "/locations");
    expect([limited.status, limited.json.error.code]).toEqual([429, "rate_limit_exceeded"]);
    expect((await api("GET", "/locations")).status).toBe(200);
    expect((await arm({ scenario: "no-such" })).status).toBe(422);
  });
});

describe("the catalogue", () => {
  it("says what can be ordered where", async () => {
    const { json } = await api("GET", "/server_types?name=cpx22");
    expect(json.meta.pagination.total_entries).toBe(1);
    expect(json.server_types[0]).toMatchObject({ name: "cpx22", architecture: "x86", deprecation: null });
    expect(
      json.server_types[0].locations.map((l: { name: string; available: boolean }) => [l.name, l.available]),
    ).toEqual([
      ["fsn1", true],
      ["nbg1", true],
      ["hel1", true],
    ]);
    const gone = (await api("GET", "/server_types?name=cx22")).json.server_types[0];
    expect(gone.deprecation.unavailable_after).toMatch(/^20/);
    expect(gone.locations.every((l: { available: boolean }) => !l.available)).toBe(true);
  });

  it("shows what a fault has sold out", async () => {
    await arm({ scenario: "sold-out", with: { serverType: "cpx22", location: "nbg1" } });
    const { json } = await api("GET", "/server_types?name=cpx22");
    expect(json.server_types[0].locations.find((l: { name: string }) => l.name === "nbg1").available).toBe(false);
    const { status, json: refused } = await createServer();
    expect([status, refused.error.code]).toEqual([412, "resource_unavailable"]);
  });

  it("answers in pages", async () => {
    const { json } = await api("GET", "/server_types?per_page=4&page=2");
    expect(json.server_types).toHaveLength(4);
    expect(json.meta.pagination).toMatchObject({ page: 2, previous_page: 1, next_page: 3 });
  });
});

describe("servers", () => {
  it("boot in the background while the action runs", async () => {
    let release = () => {};
    driver.beforeBoot = () => new Promise((resolve) => (release = resolve));
    const { status, json } = await createServer();
    expect(status).toBe(201);
    expect(json.action).toMatchObject({ command: "create_server", status: "running" });
    expect(json.server).toMatchObject({ id: 1, status: "initializing", public_net: { ipv4: { ip: "127.10.1.1" } } });

    release();
    expect(await finished(json.action, ...json.next_actions)).toMatchObject([
      { status: "success" },
      { status: "success" },
    ]);
    expect((await api("GET", "/servers?name=recovery&label_selector=generation%3D2")).json.servers).toMatchObject([
      { status: "running" },
    ]);
    expect(driver.named("boot")).toEqual([
      [
        {
          id: 1,
          name: "recovery",
          address: "127.10.1.1",
          image: "debian-12",
          size: { type: "cpx22", cores: 2, memoryGiB: 4, diskGB: 80 },
          userData: "#cloud-config\n",
          sshKeys: [key],
          openPorts: [
            { protocol: "tcp", port: 22, sourceCidrs: ["10.0.0.0/8"] },
            { protocol: "tcp", port: 80, endPort: 443, sourceCidrs: ["0.0.0.0/0", "::/0"] },
          ],
          volumes: [],
        },
      ],
    ]);
  });

  it("have unique names", async () => {
    await createServer();
    const { status, json } = await api("POST", "/servers", {
      name: "recovery",
      server_type: "cpx22",
      image: "debian-12",
      ssh_keys: ["operator"],
    });
    expect([status, json.error.code]).toEqual([409, "uniqueness_error"]);
  });

  it.each([
    [{ server_type: "cx21" }, 422, "invalid_input"],
    [{ server_type: "cx33", location: "fsn1" }, 412, "resource_unavailable"],
    [{ server_type: "cpx22", location: "ash" }, 422, "invalid_input"],
    [{ datacenter: "nbg1-dc3" }, 422, "invalid_input"],
    [{ name: "not a hostname" }, 422, "invalid_input"],
  ])("are refused with %j", async (more, status, code) => {
    const refused = await createServer(more);
    expect([refused.status, refused.json.error.code]).toEqual([status, code]);
    expect((await api("GET", "/servers")).json.servers).toEqual([]);
  });

  it("fail by their action when the host does not come up", async () => {
    await arm({ scenario: "boot-failure", times: 1 });
    const { json } = await createServer();
    expect(await finished(json.action)).toMatchObject([{ status: "error", error: { code: "action_failed" } }]);
  });

  it("can be over the quota, or unavailable though offered", async () => {
    await arm({ scenario: "quota", times: 1, with: { resource: "servers" } });
    expect((await createServer()).json.error.code).toBe("resource_limit_exceeded");
    await arm({ scenario: "resource-unavailable", times: 1, with: { serverType: "cpx22" } });
    const order = { name: "recovery", server_type: "cpx22", image: "debian-12", ssh_keys: ["operator"] };
    expect((await api("POST", "/servers", order)).json.error.code).toBe("resource_unavailable");
    expect((await api("POST", "/servers", order)).status).toBe(201);
  });

  it("are switched off and on, and deleted only when not protected", async () => {
    const { json } = await createServer();
    await finished(json.action);
    await finished((await api("POST", "/servers/1/actions/poweroff")).json.action);
    expect((await api("GET", "/servers/1")).json.server.status).toBe("off");
    await finished((await api("POST", "/servers/1/actions/poweron")).json.action);
    expect(driver.named("power")).toEqual([[1, "off", { graceful: false }]]);
    expect(driver.named("boot")).toHaveLength(2);
    await api("POST", "/servers/1/actions/change_protection", { delete: true, rebuild: true });
    expect((await api("DELETE", "/servers/1")).json.error.code).toBe("protected");
    await api("POST", "/servers/1/actions/change_protection", { delete: false, rebuild: false });
    await finished((await api("DELETE", "/servers/1")).json.action);
    expect((await api("GET", "/servers/1")).json.error.code).toBe("not_found");
    expect(driver.named("destroy")).toEqual([[1]]);
  });
});

describe("firewalls", () => {
  it("reach the host when their rules change, and cannot be deleted while applied", async () => {
    const { json, firewallId } = await createServer();
    await finished(json.action);
    expect((await api("GET", `/firewalls/${firewallId}`)).json.firewall.applied_to).toEqual([
      { type: "server", server: { id: 1 } },
    ]);
    expect((await api("DELETE", `/firewalls/${firewallId}`)).json.error.code).toBe("resource_in_use");
    const rules = [{ direction: "in", protocol: "tcp", port: "443", source_ips: ["0.0.0.0/0"] }];
    await finished(...(await api("POST", `/firewalls/${firewallId}/actions/set_rules`, { rules })).json.actions);
    expect(driver.named("setFirewall")).toEqual([[1, [{ protocol: "tcp", port: 443, sourceCidrs: ["0.0.0.0/0"] }]]]);
  });
});

describe("volumes", () => {
  it("are attached to a server, outlive it, and are deleted with their content", async () => {
    const { json } = await createServer();
    const created = await api("POST", "/volumes", { name: "data", size: 20, server: 1, format: "ext4" });
    expect(created.json.volume).toMatchObject({
      linux_device: "/dev/disk/by-id/scsi-0HC_Volume_1",
      location: { name: "nbg1" },
      server: 1,
    });
    await finished(json.action, ...created.json.next_actions);
    const attached = {
      volumeId: 1,
      serverId: 1,
      sizeGiB: 20,
      format: "ext4",
      linuxDevice: "/dev/disk/by-id/scsi-0HC_Volume_1",
    };
    expect(driver.named("attachVolume")).toEqual([[attached]]);
    expect((await api("DELETE", "/volumes/1")).json.error.code).toBe("resource_in_use");

    await finished((await api("POST", "/volumes/1/actions/resize", { size: 30 })).json.action);
    await finished((await api("DELETE", "/servers/1")).json.action);
    expect((await api("GET", "/volumes/1")).json.volume).toMatchObject({ server: null, size: 30 });
    expect((await api("DELETE", "/volumes/1")).status).toBe(204);
    expect(driver.named("destroyVolume")).toEqual([[1]]);
  });
});

describe("state", () => {
  it("survives a restart, and hosts that should run are started again with their volumes", async () => {
    const { json } = await createServer();
    const volume = await api("POST", "/volumes", { name: "data", size: 20, server: 1 });
    await finished(json.action, ...volume.json.next_actions);
    await restart();
    await emulator.resumed;
    expect(driver.named("boot")).toHaveLength(2);
    expect(driver.named("boot")[1]).toMatchObject([{ id: 1, volumes: [{ volumeId: 1 }] }]);
    expect((await api("GET", "/servers/1")).json.server.status).toBe("running");
  });

  it("finishes the boot that a restart has interrupted, and says what else was lost", async () => {
    await createServer();
    await emulator.close();
    const file = join(dir, "state.json");
    const state = JSON.parse(await readFile(file, "utf8"));
    const lost = { ...state.actions[0], id: 99, command: "resize_volume", resources: [{ id: 1, type: "volume" }] };
    state.servers[0].status = "initializing";
    state.actions = [...state.actions, lost].map((action) => ({ ...action, status: "running", finished: null }));
    await writeFile(file, JSON.stringify(state));
    emulator = await boot();
    api = jsonApi(emulator.url, credentials.hetznerToken);
    await emulator.resumed;
    expect((await api("GET", "/servers/1")).json.server.status).toBe("running");
    const create = state.actions.find((action: { command: string }) => action.command === "create_server");
    expect(await finished(create, lost)).toMatchObject([
      { id: 99, status: "error", error: { message: "interrupted by a restart of the emulator" } },
      { id: create.id, status: "success" },
    ]);
  });

  it("is empty after a reset, and hosts and volumes are gone", async () => {
    await createServer();
    await emulator.reset();
    expect(driver.named("destroy")).toEqual([[1]]);
    expect((await api("GET", "/servers")).json.servers).toEqual([]);
  });
});
