import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { credentials } from "../../../../local-cloud/addresses";
import { start, type HetznerEmulator } from "../../../../local-cloud/hetzner";
import { RecordingDriver } from "../../hetzner/recording-driver";
import { jsonApi } from "../../json-api";
import { createProject } from "../project";

const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHCCPX5GyvDOTGbCB+XMlf7nTGyPZKQ9rXdvMyYz0Rp operator";

const driver = new RecordingDriver();
let dir: string;
let project: Awaited<ReturnType<typeof createProject>>;
let emulator: HetznerEmulator;
let api: ReturnType<typeof jsonApi>;

const up = (...more: string[]) => project.pulumi(["up", "--yes", "--skip-preview", ...more]);
const drift = () => project.pulumi(["preview", "--refresh", "--expect-no-changes"]);
const arm = (fault: object) =>
  fetch(new URL("/_emulator/faults", emulator.url), { method: "POST", body: JSON.stringify(fault) });
const outputs = async () => JSON.parse((await project.pulumi(["stack", "output", "--json"])).output);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hetzner-"));
  emulator = await start({ port: 0, hostname: "127.0.0.1", stateFile: join(dir, "hetzner.json"), driver });
  api = jsonApi(emulator.url, credentials.hetznerToken);
  project = await createProject({
    program: join(__dirname, "program.ts"),
    standIns: ["hcloud"],
    config: {
      "hcloud:token": credentials.hetznerToken,
      "hcloud:endpoint": emulator.url,
      "hcloud:pollInterval": "50ms",
      publicKey,
    },
  });
}, 600_000);

afterAll(async () => {
  await emulator?.close();
  await project?.remove();
  await rm(dir, { recursive: true, force: true });
});

it(
  "orders a key, a firewall, a server and a volume, retrying when it is told to slow down",
  { timeout: 120_000 },
  async () => {
    await arm({ scenario: "rate-limit", times: 1, method: "POST", path: "/servers" });
    const { exitCode, output } = await up();
    expect([exitCode, output]).toEqual([0, expect.stringContaining("5 created")]);
    expect(await outputs()).toEqual({
      serverId: "1",
      address: "127.10.1.1",
      device: "/dev/disk/by-id/scsi-0HC_Volume_1",
      foundBefore: [],
    });
    expect(driver.named("boot")).toMatchObject([
      [{ userData: "#cloud-config\n", sshKeys: [publicKey], openPorts: [{ port: 443 }] }],
    ]);
    expect((await api("GET", "/volumes/1")).json.volume.server).toBe(1);
  },
);

it("keeps user data secret in the state", { timeout: 60_000 }, async () => {
  expect((await project.pulumi(["stack", "export"])).output).not.toContain("#cloud-config");
});

it("sees no drift, and sees it when there is some", { timeout: 120_000 }, async () => {
  const clean = await drift();
  expect([clean.exitCode, clean.output]).toEqual([0, expect.any(String)]);
  const rules = [{ direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0"] }];
  await api("POST", "/firewalls/1/actions/set_rules", { rules });
  expect((await drift()).exitCode).toBe(7);
  expect((await up("--refresh")).exitCode).toBe(0);
  expect((await api("GET", "/firewalls/1")).json.firewall.rules).toMatchObject([{ port: "443" }]);
});

it("changes in place what can be changed in place", { timeout: 120_000 }, async () => {
  await project.pulumi(["config", "set", "port", "8443"]);
  await project.pulumi(["config", "set", "size", "30"]);
  const { exitCode, output } = await up();
  expect([exitCode, output]).toEqual([0, expect.stringContaining("2 updated")]);
  expect(driver.named("setFirewall").at(-1)).toMatchObject([1, [{ port: 8443 }]]);
  expect(driver.named("resizeVolume")).toEqual([[{ volumeId: 1, sizeGiB: 30 }]]);
});

it("takes over what is there when there is no state", { timeout: 120_000 }, async () => {
  const other = await createProject({
    program: join(__dirname, "program.ts"),
    standIns: ["hcloud"],
    config: {
      "hcloud:token": credentials.hetznerToken,
      "hcloud:endpoint": emulator.url,
      publicKey,
      port: "8443",
      size: "30",
    },
  });
  try {
    const { exitCode, output } = await other.pulumi(["up", "--yes", "--skip-preview"]);
    expect([exitCode, output]).toEqual([0, expect.stringContaining("4 imported")]);
    expect((await api("GET", "/servers")).json.servers).toHaveLength(1);
    const clean = await other.pulumi(["preview", "--refresh", "--expect-no-changes"]);
    expect([clean.exitCode, clean.output]).toEqual([0, expect.any(String)]);
  } finally {
    await other.remove();
  }
});

it("says the API's code when an order is refused", { timeout: 120_000 }, async () => {
  expect((await project.pulumi(["destroy", "--yes", "--skip-preview"])).exitCode).toBe(0);
  expect(driver.named("destroy")).toEqual([[1]]);
  expect(driver.named("destroyVolume")).toEqual([[1]]);
  for (const kind of ["servers", "volumes", "firewalls", "ssh_keys"])
    expect((await api("GET", `/${kind}`)).json[kind]).toEqual([]);

  await arm({ scenario: "resource-unavailable", times: 1 });
  const refused = await up();
  expect([refused.exitCode, refused.output]).toEqual([1, expect.stringContaining("resource_unavailable")]);
});

it("keeps a server that did not start in its state, and starts it in the next run", { timeout: 120_000 }, async () => {
  await arm({ scenario: "boot-failure", times: 1 });
  const failed = await up();
  expect([failed.exitCode, failed.output]).toEqual([1, expect.stringContaining("was created but did not start")]);
  expect((await api("GET", "/servers")).json.servers).toHaveLength(1);
  const again = await up();
  expect([again.exitCode, again.output]).toEqual([0, expect.any(String)]);
  expect((await api("GET", "/servers")).json.servers).toMatchObject([{ status: "running" }]);
});

it("refuses a token of another project", { timeout: 60_000 }, async () => {
  const { exitCode, output } = await project.pulumi(["preview", "--config", `hcloud:token=${"x".repeat(64)}`]);
  expect([exitCode, output]).toEqual([1, expect.stringContaining("unauthorized")]);
});
