import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { restoreSpec } from "../../contracts/agent";
import { fenceSpec } from "../../contracts/fence";
import { waves } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { fenced, mockedRecovery, restoredSet } from "./mocked-recovery";
import { passedGate, valueOf, type MockedStack } from "./mocked-stack";
import { filledSettings } from "./settings";

vi.mock("../../stacks/preflight", { spy: true });

const record = "cloudflare:index/dnsRecord:DnsRecord";
let stack: MockedStack;
beforeAll(async () => {
  stack = await mockedRecovery(filledSettings("recovery"));
});

describe("the order of a recovery", () => {
  it("is host, then restores by wave, then the services of each wave", () => {
    expect(stack.waitsFor("restore-wave-1", "recovery-g2-ready")).toBe(true);
    expect(stack.waitsFor("restore-wave-2", "restore-wave-1")).toBe(true);
    waves(plan).forEach((wave, index) => {
      for (const { name } of wave)
        expect([name, stack.waitsFor(name, `restore-wave-${index + 1}`)]).toEqual([name, true]);
    });
  });
  it("starts each service after those that it depends on", () => {
    for (const { name, dependsOn } of plan.services)
      for (const needed of dependsOn)
        expect([name, needed, stack.waitsFor(name, needed)]).toEqual([name, needed, true]);
  });
  it("starts nothing without the boot guard, which waits for no restore", () => {
    for (const { name } of [...plan.services, { name: "agent" }])
      expect([name, stack.waitsFor(name, "guard")]).toEqual([name, true]);
    expect(stack.waitsFor("guard", "restore-wave-1")).toBe(false);
  });
  it("opens Vault before the service that needs its secrets", () =>
    expect(stack.waitsFor("gateway", "vault-restore")).toBe(true));
  it("passes the gate after every service", () => {
    for (const { name } of plan.services) expect([name, stack.waitsFor("gate", name)]).toEqual([name, true]);
  });
  it("moves no DNS record, and writes no backup, before the gate", () => {
    expect(stack.all(record)).toHaveLength(8);
    for (const { name, dependsOn } of stack.all(record))
      expect([name, dependsOn]).toEqual([name, expect.arrayContaining(["gate"])]);
    expect(stack.waitsFor("agent", "gate")).toBe(true);
    expect(stack.waitsFor("odoo", "gate")).toBe(false);
  });
  it("asks the world last", () => {
    for (const { name } of stack.all(record)) expect(stack.waitsFor("dns-from-outside", name)).toBe(true);
  });
});

describe("the old site", () => {
  const fence = () => stack.one("command:local:Command", "fence");
  it("is fenced off beside the order of the server, and before anything is restored", () => {
    expect(stack.waitsFor("restore-wave-1", "fence")).toBe(true);
    expect(stack.waitsFor("fence", "recovery-g2-server")).toBe(false);
    expect(stack.waitsFor("recovery-g2-server", "fence")).toBe(false);
  });
  it("is where DNS says, and no credential is on the command line or in clear", () => {
    const { stdin, create } = fence().inputs as { stdin: { secret: string }; create: string };
    expect(fenceSpec.parse(JSON.parse(stdin.secret))).toMatchObject({ generation: 2, addresses: ["5.75.128.10"] });
    expect(create).toBe("exec node --import tsx fence/main.ts");
  });
  it("is fenced off once", () => expect(fence().ignoreChanges).toEqual(expect.arrayContaining(["create", "stdin"])));
  it("is in the outputs, with everything that was tried", async () =>
    expect(await valueOf(stack.outputs.fence!)).toEqual(fenced));
});

describe("DNS records", () => {
  it("point to the new server, and stay when the stack goes", () => {
    for (const { inputs, retainOnDelete } of stack.all(record))
      expect([inputs["content"], inputs["ttl"], retainOnDelete]).toEqual(["5.75.128.20", 60, true]);
  });
  it("that are in the zone are taken over in place", () => {
    const zone = "0123456789abcdef".repeat(2);
    expect(Object.fromEntries(stack.all(record).map((r) => [r.name, r.importId]))).toMatchObject({
      "dns-odoo.smarterbot.cl": `${zone}/r1`,
      "dns-smarterbot.cl": "",
    });
  });
});

describe("the server", () => {
  it("is what can be ordered, with a pinned host key that is secret", () => {
    const { inputs } = stack.one("hcloud:index/server:Server", "recovery-g2-server");
    expect(inputs).toMatchObject({
      serverType: "cpx32",
      location: "fsn1",
      userData: { secret: expect.stringContaining("ed25519_private") },
    });
  });
  it("is born with the operator's key, whose name is its own: a successor can be made before it is deleted", () => {
    const { inputs } = stack.one("hcloud:index/sshKey:SshKey", "recovery-g2-operator");
    const fingerprint = createHash("sha256").update(String(inputs["publicKey"])).digest("hex").slice(0, 8);
    expect(inputs["name"]).toBe(`recovery-g2-operator-${fingerprint}`);
  });
  it("opens the web to the world and SSH to operators alone", () => {
    const { rules } = stack.one("hcloud:index/firewall:Firewall", "recovery-g2-firewall").inputs as {
      rules: { port: string; sourceIps: string[] }[];
    };
    expect(rules.map((r) => [r.port, r.sourceIps])).toEqual([
      ["80", ["0.0.0.0/0", "::/0"]],
      ["443", ["0.0.0.0/0", "::/0"]],
      ["22", ["5.75.0.1/32"]],
    ]);
  });
  it("keeps its data volume", () =>
    expect(stack.one("hcloud:index/volume:Volume", "recovery-g2-data")).toMatchObject({
      protect: true,
      inputs: { size: 40 },
    }));
});

it("needs nothing of the primary: no bucket, no stack reference, a reader of its backups, a writer, a reader and a guard of its own", () => {
  expect(stack.resources.filter((r) => /s3\/|StackReference/.test(r.type))).toEqual([]);
  expect(
    stack
      .all("aws:iam/user:User")
      .map((r) => r.name)
      .sort(),
  ).toEqual(["backup-guard-g2", "backup-reader-g1", "backup-reader-g2", "backup-writer-g2"]);
});

it("restores once: nothing that changes later starts a restore again", () => {
  for (const wave of [1, 2])
    expect(stack.one("command:remote:Command", `restore-wave-${wave}`).ignoreChanges).toEqual(
      expect.arrayContaining(["create", "stdin", "connection", "triggers"]),
    );
});

describe("the configuration of the host that was lost", () => {
  const wave1 = () => stack.one("command:remote:Command", "restore-wave-1").inputs as { stdin: { secret: string }; create: string };
  it("comes back beside the new host's own, which the agent alone reads", () => {
    const { fileSets } = restoreSpec.parse(JSON.parse(wave1().stdin.secret));
    expect(fileSets.map(({ name, path }) => [name, path])).toContainEqual(["host", "/sets/previous-host"]);
    expect(wave1().create).toContain("/srv/smarteros/previous-host:/sets/previous-host");
    expect(wave1().create).not.toContain("/srv/smarteros/host:");
    const mounts = (name: string) => JSON.stringify(stack.one("docker:index/container:Container", name).inputs["mounts"]);
    expect(mounts("agent")).toContain("/sets/host");
    expect(stack.all("docker:index/container:Container").filter(({ name }) => mounts(name).includes("previous-host"))).toEqual([]);
  });
});

it("exports what was restored, and the gate's evidence", async () => {
  const { restored, gate, address } = stack.outputs;
  expect(await valueOf(restored!)).toMatchObject({
    manifest: restoredSet.key,
    consistentAt: "2026-11-24T03:50:44.120Z",
    databaseBytes: 2 ** 30,
    modules: [{ module: "postgres" }, { module: "caddy" }, { module: "odoo" }],
  });
  expect(await valueOf(gate!)).toEqual(passedGate);
  expect(await valueOf(address)).toBe("5.75.128.20");
});
