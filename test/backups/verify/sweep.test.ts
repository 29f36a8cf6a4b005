import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sweepScratch } from "../../../backups/verify/sweep";
import { credentials } from "../../../local-cloud/addresses";
import { start, type HetznerEmulator } from "../../../local-cloud/hetzner";
import { scratchLabels } from "../../../stacks/scratch";
import { newSshKey } from "../../../toolchain/sshkeys";
import { jsonApi } from "../../local-cloud/json-api";
import { RecordingDriver } from "../../local-cloud/hetzner/recording-driver";

let dir: string;
let emulator: HetznerEmulator;
let api: ReturnType<typeof jsonApi>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "sweep-"));
  emulator = await start({
    port: 0,
    hostname: "127.0.0.1",
    stateFile: join(dir, "state.json"),
    driver: new RecordingDriver(),
  });
  api = jsonApi(emulator.url, credentials.hetznerToken);
});
afterEach(async () => {
  await emulator.close();
  await rm(dir, { recursive: true });
});

/** A server with all that belongs to one. */
async function order(name: string, labels: Record<string, string>): Promise<void> {
  const key = await api("POST", "/ssh_keys", { name, public_key: newSshKey(name).publicKey, labels });
  const firewall = await api("POST", "/firewalls", { name, rules: [], labels });
  const server = await api("POST", "/servers", {
    ...{ name, server_type: "cpx22", image: 114690387, location: "nbg1", labels },
    ssh_keys: [key.json.ssh_key.id],
    firewalls: [{ firewall: firewall.json.firewall.id }],
  });
  const volume = await api("POST", "/volumes", {
    name,
    size: 20,
    format: "ext4",
    server: server.json.server.id,
    labels,
  });
  for (const { status } of [key, firewall, server, volume]) expect(status).toBe(201);
}

const left = async () => {
  const kinds = ["servers", "volumes", "firewalls", "ssh_keys"];
  const all = await Promise.all(
    kinds.map(async (kind) => (await api("GET", `/${kind}`)).json[kind] as { name: string }[]),
  );
  return all.flat().map(({ name }) => name);
};
const sweep = (token: string | undefined = credentials.hetznerToken) =>
  sweepScratch({ url: emulator.url, token, domain: "smarterbot.cl", log: () => undefined });

it("deletes all of a rehearsal, and nothing of a site or of another domain's rehearsal", async () => {
  await order("recovery-g2", { "smarteros.site": "smarterbot.cl", "smarteros.generation": "2" });
  await order("other", scratchLabels({ domain: "other.cl" }));
  await order("verify", scratchLabels({ domain: "smarterbot.cl" }));
  await sweep();
  expect((await left()).sort()).toEqual([...Array(4).fill("other"), ...Array(4).fill("recovery-g2")]);
  await sweep();
});

it("says what is wrong, with the fix", async () => {
  await expect(sweep("x".repeat(64))).rejects.toThrow("Hetzner: servers: HTTP 401");
  await expect(
    sweepScratch({ url: emulator.url, token: undefined, domain: "a.cl", log: () => undefined }),
  ).rejects.toThrow(/no token; fix: hcloud:token/);
});
