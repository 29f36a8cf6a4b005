import { beforeAll, describe, expect, it, vi } from "vitest";
import { plan } from "../../plan/plan";
import * as preflight from "../../stacks/preflight";
import { verification } from "../../stacks/verification";
import { hetzner } from "./cloud-answers";
import { restoredSet } from "./mocked-recovery";
import { deployMocked, passedGate, valueOf, type MockedStack } from "./mocked-stack";
import { filledSettings } from "./settings";

vi.mock("../../stacks/preflight", { spy: true });

let stack: MockedStack;
beforeAll(async () => {
  vi.spyOn(preflight, "findNewest").mockResolvedValue({ set: restoredSet, sourceGeneration: 1 });
  stack = await deployMocked(verification, filledSettings("recovery"), {
    calls: hetzner({ offers: { cpx32: [{ name: "fsn1", available: true }] } }),
    stdout: { gate: JSON.stringify(passedGate), "restore-wave-1": `{"module":"postgres"}\n` },
  });
});

const ofProvider = (name: string) => stack.resources.filter(({ type }) => type.startsWith(`${name}:`));
const container = (name: string) => stack.one("docker:index/container:Container", name);

describe("the rehearsal of a recovery", () => {
  it("restores, starts and looks as the recovery does", () => {
    for (const { name } of plan.services) expect([name, stack.waitsFor("gate", name)]).toEqual([name, true]);
    expect(stack.waitsFor("odoo", "restore-wave-2")).toBe(true);
    expect(stack.waitsFor("gateway", "vault-restore")).toBe(true);
  });

  it("claims nothing, and has no key that could write a backup", () => {
    expect(preflight.preflightRestore).not.toHaveBeenCalled();
    expect(stack.all("aws:iam/user:User").map(({ name }) => name)).toEqual(["backup-reader-g1"]);
    const files = (container("postgres").inputs["uploads"] as { file: string }[]).map(({ file }) => file);
    expect(files).toContain("/etc/pgbackrest/source.conf");
    expect(files).not.toContain("/etc/pgbackrest/pgbackrest.conf");
    expect(stack.resources.filter(({ name }) => name === "agent")).toEqual([]);
  });

  it("touches no DNS, and knows nothing of Cloudflare", () => {
    expect(ofProvider("cloudflare")).toEqual([]);
    expect(stack.all("command:local:Command")).toEqual([]);
  });

  it("cannot reach the world, which is proved before any service starts, and is not reached by it", () => {
    expect(stack.one("docker:index/network:Network", "site-network").inputs["internal"]).toBe(true);
    for (const { name } of plan.services) {
      const { inputs } = container(name);
      expect([name, stack.waitsFor(name, "no-way-out"), inputs["ports"]]).toEqual([name, true, []]);
      const networks = (inputs["networksAdvanced"] as { name: string }[]).map((n) => n.name);
      expect([name, networks]).toEqual([
        name,
        name === "postgres" ? ["smarteros", "smarteros-way-out"] : ["smarteros"],
      ]);
    }
    const { rules } = stack.one("hcloud:index/firewall:Firewall", "verify-firewall").inputs as {
      rules: { port: string }[];
    };
    expect(rules.map(({ port }) => port)).toEqual(["22"]);
  });

  it("can be destroyed whole, and is never taken for a site", () => {
    expect(stack.resources.filter(({ protect, retainOnDelete }) => protect || retainOnDelete)).toEqual([]);
    for (const { type, inputs } of ofProvider("hcloud")) {
      expect([type, inputs["labels"]]).toEqual([type, { "smarteros.scratch": "smarterbot.cl" }]);
      expect([type, inputs["deleteProtection"] ?? false]).toEqual([type, false]);
    }
    for (const name of ["odoo", "volume-odoo", "site-network", "restore-wave-1", "gate", "no-way-out"])
      expect([name, stack.resources.some((r) => r.name === name && r.deletedWith === "verify-server")]).toEqual([
        name,
        true,
      ]);
  });

  it("tells what does not hold, instead of stopping there", () => {
    const { create } = stack.one("command:remote:Command", "gate").inputs;
    expect(create).toMatch(/gate \|\| \[ \$\? -eq 2 \]$/);
  });

  it("puts out the set, what was restored of it, and the gate's evidence, under the generation that serves", async () => {
    const { gate, generation } = stack.outputs;
    const restored = await valueOf(stack.outputs.restored!);
    expect([restored.manifest, generation]).toEqual([restoredSet.key, 1]);
    expect(restored.restoreId).toMatch(/^verify-g1-/);
    expect(await valueOf(gate!)).toEqual(passedGate);
  });
});
