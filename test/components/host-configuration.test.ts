import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { copyScript, copySetup, cronMinutes } from "../../components/host/configuration";
import { copiedMark } from "../../contracts/agent";
import { FileSets } from "../../images/agent/src/file-sets";
import { fingerprint } from "../../images/agent/src/fingerprint";
import { contradictions } from "../../plan/checks";
import { plan } from "../../plan/plan";

/** A host whose files are below a folder; its programs are this machine's. */
let root: string;
let folder: string;
beforeEach(() => {
  const at = mkdtempSync(join(tmpdir(), "host-configuration-"));
  root = join(at, "root");
  folder = join(at, "copy");
  mkdirSync(folder);
  put("/etc/hostname", "smarterbot-vps\n");
  put("/etc/docker/daemon.json", `{"live-restore": true}`);
  put("/etc/sudoers.d/90-cloud-init", "debian ALL=(ALL) NOPASSWD:ALL\n");
  put("/etc/cron.d/report", "0 4 * * * root /usr/local/sbin/report\n");
});
afterEach(() => rmSync(dirname(root), { recursive: true }));

function put(path: string, content: string): void {
  mkdirSync(dirname(root + path), { recursive: true });
  writeFileSync(root + path, content);
}
const copy = () => execFileSync("sh", { input: copyScript({ folder, root }) });
const copied = (path: string) => join(folder, "now", path);
const left = () => (existsSync(copied("left-out")) ? readFileSync(copied("left-out"), "utf8").trim().split("\n") : []);

describe("the copy of a host's configuration", () => {
  it("holds its files as they are, and what is installed", () => {
    mkdirSync(join(root, "etc/systemd/system/timers.target.wants"), { recursive: true });
    symlinkSync("/lib/systemd/system/report.timer", join(root, "etc/systemd/system/timers.target.wants/report.timer"));
    copy();
    for (const path of [
      "/etc/hostname",
      "/etc/docker/daemon.json",
      "/etc/sudoers.d/90-cloud-init",
      "/etc/cron.d/report",
    ])
      expect(readFileSync(copied(`files${path}`))).toEqual(readFileSync(root + path));
    expect(
      execFileSync("readlink", [copied("files/etc/systemd/system/timers.target.wants/report.timer")]).toString(),
    ).toBe("/lib/systemd/system/report.timer\n");
    expect(readFileSync(copied("packages"), "utf8")).toMatch(/^dpkg \S+ \S+$/m);
    expect(readFileSync(copied("kernel"), "utf8")).toMatch(/^Linux /);
    expect(left()).toEqual([]);
  });

  it.each([
    ["/etc/ssh/sshd_config.d/key", "-----BEGIN OPENSSH PRIVATE KEY-----\nxyz\n"],
    ["/etc/systemd/system/a.service", "[Service]\nEnvironment=SHOP_TOKEN=abc\n"],
    ["/etc/systemd/system/b.service", "[Service]\nEnvironment='AWS_SECRET_ACCESS_KEY=abc'\n"],
    ["/var/spool/cron/crontabs/root", "PGPASSWORD=abc\n0 1 * * * pg_dump\n"],
    ["/etc/apt/sources.list.d/own.list", "deb https://me:abc@example.com/debian stable main\n"],
    ["/etc/netplan/50.yaml", 'password: "abc"\n'],
    ["/etc/network/interfaces", "wpa-psk abc123\n"],
  ])("holds no secret, and names what was left out: %s", (path, content) => {
    put(path, content);
    copy();
    expect(existsSync(copied(`files${path}`))).toBe(false);
    expect(left()).toEqual([path]);
  });

  it("leaves host keys where they are", () => {
    put("/etc/ssh/sshd_config.d/ssh_host_x", "anything");
    put("/etc/ssh/sshd_config", "PasswordAuthentication no\n");
    copy();
    expect(existsSync(copied("files/etc/ssh/sshd_config.d"))).toBe(false);
    expect(existsSync(copied("files/etc/ssh/sshd_config"))).toBe(true);
  });

  it("is touched only by a change, and its mark is renewed each time", async () => {
    copy();
    const mark = join(folder, copiedMark);
    const first = await fingerprint(folder);
    utimesSync(mark, 1, 1);
    copy();
    expect(await fingerprint(folder)).toEqual(first);
    expect(statSync(mark).mtimeMs).toBeGreaterThan(Date.now() - 60_000);

    put("/etc/hostname", "another\n");
    rmSync(join(root, "etc/cron.d/report"));
    copy();
    expect((await fingerprint(folder)).hash).not.toBe(first.hash);
    expect(readFileSync(copied("files/etc/hostname"), "utf8")).toBe("another\n");
    expect(existsSync(copied("files/etc/cron.d/report"))).toBe(false);
  });

  it("goes on after it was cut off at the worst moment", () => {
    copy();
    execFileSync("mv", [join(folder, "now"), join(folder, ".smarteros-old")]);
    copy();
    expect(existsSync(copied("files/etc/hostname"))).toBe(true);
    expect(existsSync(join(folder, ".smarteros-old"))).toBe(false);
  });

  it("does not take the place of a volume that is not mounted", () => {
    rmSync(folder, { recursive: true });
    const { status, stderr } = spawnSync("sh", { input: copyScript({ folder, root }), encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("is the data volume mounted?");
    expect(existsSync(folder)).toBe(false);
  });
});

describe("its schedule", () => {
  it("is half of the RPO that it is held to", () => {
    expect(copySetup()).toContain("echo '*/5 * * * * root /usr/local/sbin/smarteros-host-configuration");
    expect([60, 299, 300, 3_600, 86_400].map(cronMinutes)).toEqual(["*/1", "*/4", "*/5", "0", "0"]);
  });
  it("cannot be less than a minute", () => {
    const services = plan.services.map((s) => (s.rpo ? { ...s, rpo: "1 minute" as const } : s));
    expect(contradictions({ ...plan, services })).toContainEqual(
      expect.stringMatching(/^plan\.host: its copy would be made every 30 s/),
    );
  });
  it("leaves a set of a name of its own", () =>
    expect(contradictions({ ...plan, host: { ...plan.host, set: "odoo" } })).toContainEqual(
      expect.stringMatching(/^plan\.host\.set: received odoo/),
    ));
});

it("is as old as its mark in a backup, whatever the time of the cycle; without one, as can be", async () => {
  const sets = new FileSets({ backup: async () => ({ snapshot: "f".repeat(64), addedBytes: 0 }) });
  const at = "2026-11-24T03:50:44.120Z";
  const entry = async () => (await sets.save([{ name: "host", path: folder, copied: true }], at)).entries["host"]!.takenAt;
  expect(await entry()).toBe("1970-01-01T00:00:00.000Z");
  copy();
  utimesSync(join(folder, copiedMark), 1_700_000_000, 1_700_000_000);
  expect(await entry()).toBe("2023-11-14T22:13:20.000Z");
});
