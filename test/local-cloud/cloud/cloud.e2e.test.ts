/**
 * The whole local cloud, twice up and down. It uses the addresses and the cache of `npm run cloud:up`, and leaves that cloud
 * wiped and down. Needs root, dockerd and the built executables (installed and built by the toolchain when missing).
 */
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newSshKey } from "../../../toolchain/sshkeys";
import { addresses, credentials } from "../../../local-cloud/addresses";
import { cloudDown, cloudReset, cloudStatus, cloudUp, type Cloud } from "../../../local-cloud/cloud";
import { state } from "../../../local-cloud/state";
import { waitUntil } from "../../../local-cloud/wait";
import { ensureToolchain } from "../../../toolchain/ensure";
import { paths } from "../../../toolchain/paths";
import { jsonApi } from "../json-api";

const log = (line: string) => console.log(line);
const operator = newSshKey("operator");
const vpsHostKey = newSshKey("vps");
const hetzner = jsonApi(addresses.hetzner.url, credentials.hetznerToken);

let dir: string;
let cloud: Cloud;

async function up(): Promise<Cloud> {
  const toolchain = await ensureToolchain({ want: ["debian", "s3", "vault"], log });
  return cloudUp({ log, ...toolchain, zones: [{ id: "a".repeat(32), name: "smarterbot.test" }] });
}

/** Runs a command as root; the VPS' host key is pinned, as the stacks pin it. */
async function ssh(address: string, command: string): Promise<string> {
  const known = address === addresses.hostinger ? ["StrictHostKeyChecking=yes"] : ["StrictHostKeyChecking=no"];
  const options = [...known, `UserKnownHostsFile=${join(dir, "known_hosts")}`, "ConnectTimeout=3", "BatchMode=yes"];
  const args = [
    ...options.flatMap((option) => ["-o", option]),
    "-i",
    join(dir, "operator"),
    `root@${address}`,
    command,
  ];
  return (await promisify(execFile)("ssh", args)).stdout.trim();
}
const reachable = (address: string, seconds = 20) =>
  waitUntil(async () => (await ssh(address, "echo up")) === "up", { what: `ssh to ${address}`, seconds });

/** Status of an HTTP answer, or why there is none. */
const get = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ status }) => status,
    (error: Error) => error.name,
  );

/** Command lines of live processes that name a folder of the local cloud. */
async function leftOver(): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(paths.cloud()) || line.includes(paths.docker()));
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cloud-"));
  await writeFile(join(dir, "operator"), operator.privateKey, { mode: 0o600 });
  await writeFile(join(dir, "known_hosts"), `${addresses.hostinger} ${vpsHostKey.publicKey}\n`);
  await cloudReset({ keepImages: true, log });
  cloud = await up();
}, 1_800_000);

afterAll(async () => {
  await cloudReset({ keepImages: true, log });
  await cloudDown(log);
  await rm(dir, { recursive: true });
}, 180_000);

describe("the local cloud", { timeout: 120_000 }, () => {
  it("is brought up once: the second time finds it, with the same images", async () => {
    const pid = await readFile(state.daemonPid(), "utf8");
    const startedAt = Date.now();
    expect((await up()).images).toEqual(cloud.images);
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(await readFile(state.daemonPid(), "utf8")).toBe(pid);
    for (const image of Object.values(cloud.images)) {
      expect(image).toMatch(/^registry\.local-cloud\.test:5000\/[a-z0-9/]+:[a-z0-9.]+@sha256:[0-9a-f]{64}$/);
    }
  });

  it("boots the VPS: pinned host key, its own Docker, the cloud's names and certificates", async () => {
    const startedAt = Date.now();
    await cloud.bootHostinger({ hostKeyPrivate: vpsHostKey.privateKey, authorizedKey: operator.publicKey });
    expect(Date.now() - startedAt).toBeLessThan(20_000);
    const vps = addresses.hostinger;
    expect(await ssh(vps, "cloud-init status")).toBe("status: done");
    // No such bucket, says S3, over TLS that the host's own trust store accepts.
    expect(await ssh(vps, `curl -s -o /dev/null -w '%{http_code}' https://${addresses.s3.host}/bucket`)).toBe("404");
    await ssh(vps, "docker network create inner");
    const lookUp = `require("dns").lookup("${addresses.s3.host}", (e, a) => console.log(e ?? a))`;
    expect(await ssh(vps, `docker run --rm --network inner ${cloud.images.gateway} node -e '${lookUp}'`)).toBe(
      addresses.bridgeGateway,
    );
    await ssh(vps, "mkdir /srv/smarteros && echo kept > /srv/smarteros/file");
  });

  it("boots a server by the Hetzner API, with the user data, the firewall and the volume that were asked for", async () => {
    const { json: sshKey } = await hetzner("POST", "/ssh_keys", { name: "operator", public_key: operator.publicKey });
    const { json: volume } = await hetzner("POST", "/volumes", {
      name: "data",
      size: 10,
      location: "nbg1",
      format: "ext4",
    });
    const tcp = (port: string, ...sources: string[]) => ({
      direction: "in",
      protocol: "tcp",
      port,
      source_ips: sources,
    });
    const { json: firewall } = await hetzner("POST", "/firewalls", { name: "web", rules: [tcp("22", "127.0.0.0/8")] });
    const { json } = await hetzner("POST", "/servers", {
      name: "recovery",
      server_type: "cpx22",
      image: "debian-12",
      location: "nbg1",
      ssh_keys: [sshKey.ssh_key.id],
      volumes: [volume.volume.id],
      firewalls: [{ firewall: firewall.firewall.id }],
      user_data: "#cloud-config\nruncmd: ['docker info > /root/docker']\n",
    });
    const address: string = json.server.public_net.ipv4.ip;
    await reachable(address);
    expect(await ssh(address, "cloud-init status --wait")).toContain("done");
    expect(await ssh(address, "hostname; grep -c 'Storage Driver: overlay2' /root/docker")).toBe("recovery\n1");
    await ssh(
      address,
      `mkdir -p /srv/smarteros && mount ${volume.volume.linux_device} /srv/smarteros && echo kept > /srv/smarteros/file && sync`,
    );

    await ssh(
      address,
      "docker run -d --name web -p 80:8000 " +
        cloud.images.gateway +
        ` node -e 'require("http").createServer((q, r) => r.end()).listen(8000)'`,
    );
    expect(await get(`http://${address}/`)).not.toBe(200);
    await hetzner("POST", `/firewalls/${firewall.firewall.id}/actions/set_rules`, {
      rules: [tcp("22", "127.0.0.0/8"), tcp("80", "0.0.0.0/0")],
    });
    await waitUntil(async () => (await get(`http://${address}/`)) === 200, { what: "port 80 to be open", seconds: 10 });
  });

  it("outlives its daemon's death: hosts run on, and the next up takes them over", async () => {
    const bootId = await ssh(addresses.hostinger, "stat -c %Z /run/local-cloud/booted");
    process.kill(Number(await readFile(state.daemonPid(), "utf8")), "SIGKILL");
    await up();
    expect(await ssh(addresses.hostinger, "stat -c %Z /run/local-cloud/booted")).toBe(bootId);
    expect(await cloudStatus()).toMatchObject({ hosts: { hostinger: true, "hetzner-1": true } });
  });

  it("leaves nothing running when it is down, and has everything again when it is up", async () => {
    await cloudDown(log);
    expect(await leftOver()).toEqual([]);
    expect(await cloudStatus()).toBeUndefined();
    await up();
    await reachable(addresses.hostinger);
    expect(await ssh(addresses.hostinger, "cat /srv/smarteros/file")).toBe("kept");
    const { json } = await hetzner("GET", "/servers");
    const [server] = json.servers;
    await reachable(server.public_net.ipv4.ip);
    const device = (await hetzner("GET", "/volumes")).json.volumes[0].linux_device as string;
    expect(await ssh(server.public_net.ipv4.ip, `mount ${device} /mnt && cat /mnt/file`)).toBe("kept");
  });

  it("loses the VPS without warning, with its disks", async () => {
    await cloud.destroyHostinger();
    await expect(ssh(addresses.hostinger, "true")).rejects.toThrow("Connection refused");
    await cloud.bootHostinger({ hostKeyPrivate: vpsHostKey.privateKey, authorizedKey: operator.publicKey });
    expect(await ssh(addresses.hostinger, "ls /srv")).toBe("");
  });

  it("is empty after a reset", async () => {
    await cloudReset({ keepImages: true, log });
    expect(await cloudStatus()).toMatchObject({ hosts: {} });
    expect((await hetzner("GET", "/servers")).json.servers).toEqual([]);
    expect(await readdir(state.volumes())).toEqual([]);
  });
});
