import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { describe, expect, it } from "vitest";
import { Progress } from "../../../cli/failover/progress";
import { openView } from "../../../cli/failover/view";
import { effectiveDeadline } from "../../../plan/graph";
import { plan } from "../../../plan/plan";

const urn = (chain: string, name: string) => `urn:pulumi:recovery::smarteros::${chain}::${name}`;
const event = (
  kind: "resourcePreEvent" | "resOutputsEvent" | "resOpFailedEvent",
  chain: string,
  name: string,
  op = "create",
) =>
  ({
    sequence: 1,
    timestamp: 1,
    [kind]: { metadata: { urn: urn(chain, name), type: chain.split("$").at(-1), op } },
  }) as unknown as EngineEvent;
const begins = (chain: string, name: string, op?: string) => event("resourcePreEvent", chain, name, op);
const ends = (chain: string, name: string, op?: string) => event("resOutputsEvent", chain, name, op);
const fails = (chain: string, name: string) => event("resOpFailedEvent", chain, name);

const server = ["smarteros:host:RecoveryHost$hcloud:index/server:Server", "recovery-g2-server"] as const;
const container = (name: string) => ["smarteros:site:ServiceContainer$docker:index/container:Container", name] as const;
const healthy = (name: string) =>
  ["smarteros:site:ServiceContainer$command:remote:Command", `${name}-healthy`] as const;
/** A container that is made, and waited for. */
const started = (name: string, op?: string) => [
  begins(...container(name), op),
  ends(...container(name), op),
  begins(...healthy(name), op),
  ends(...healthy(name), op),
];
const vaultRestore = ["smarteros:site:SiteNetwork$command:remote:Command", "vault-restore"] as const;
const gate = ["smarteros:recovery:ValidationGate$command:remote:Command", "gate"] as const;

function follow(...events: EngineEvent[]) {
  let clock = 0;
  const progress = new Progress(() => clock);
  const steps = events.flatMap((e) => ((clock += 1), progress.accept(e)));
  return { progress, steps };
}
const moduleOf = (progress: Progress, name: string) => progress.modules.find(({ module }) => module === name)!;

describe("the progress of a recovery", () => {
  it("has every module of the plan, in its wave, with the deadline that it is held to", () => {
    const { progress } = follow();
    expect(progress.modules.map(({ module }) => module).sort()).toEqual(plan.services.map(({ name }) => name).sort());
    for (const { module, deadlineSeconds, state } of progress.modules) {
      expect(deadlineSeconds).toBe(effectiveDeadline(plan, module));
      expect(state).toBe("waiting");
    }
    expect(moduleOf(progress, "postgres").wave).toBe(1);
    expect(moduleOf(progress, "gateway").wave).toBe(2);
    expect(progress).toMatchObject({ current: "preflight", touchedAnything: false });
  });

  it("knows where a resource belongs by its component, not by its provider", () => {
    const { progress, steps } = follow(begins(...server), ends(...server), ...started("odoo"));
    expect(steps.map(({ subject, state }) => `${subject} ${state}`)).toEqual([
      "recovery-g2-server working",
      "recovery-g2-server done",
      "odoo working",
      "odoo done",
    ]);
    expect(moduleOf(progress, "odoo")).toMatchObject({ state: "done", atSeconds: 6 });
    expect(progress.stage("host")).toBe("done");
    expect(progress.touchedAnything).toBe(true);
  });

  it("is told nothing by components and providers, which are there from the beginning", () => {
    const { progress, steps } = follow(
      begins("smarteros:dns:SiteDns", "dns"),
      ends("smarteros:dns:SiteDns", "dns"),
      begins("smarteros:recovery:ValidationGate", "gate"),
      begins("smarteros:site:ServiceContainer", "odoo"),
      ends("smarteros:host:RecoveryHost$pulumi:providers:docker", "recovery-g2-docker"),
    );
    expect(steps).toEqual([]);
    expect(["dns", "gate", "modules", "host"].map((stage) => progress.stage(stage as "dns"))).toEqual(
      Array.from({ length: 4 }, () => "waiting"),
    );
    expect(progress.touchedAnything).toBe(false);
  });

  it("takes a module for done when its container is healthy, not when it was made", () => {
    const { progress } = follow(...started("odoo").slice(0, 3));
    expect(moduleOf(progress, "odoo").state).toBe("working");
    progress.accept(fails(...healthy("odoo")));
    expect(moduleOf(progress, "odoo").state).toBe("failed");
  });

  it("takes Vault for done only when it was opened, not when its container is healthy", () => {
    const { progress } = follow(begins(...vaultRestore), ...started("vault"));
    expect(moduleOf(progress, "vault").state).toBe("working");
    progress.accept(ends(...vaultRestore));
    expect(moduleOf(progress, "vault").state).toBe("done");
  });

  it("takes what a former run has done for done, without a line", () => {
    const { progress, steps } = follow(...started("odoo", "same"));
    expect(steps).toEqual([]);
    expect(moduleOf(progress, "odoo").state).toBe("done");
    expect(progress.touchedAnything).toBe(false);
  });

  it("names the stage that failed", () => {
    const { progress } = follow(begins(...server), ends(...server), begins(...gate), fails(...gate));
    expect(progress.current).toBe("gate");
    expect(progress.stage("gate")).toBe("failed");
    expect(progress.stage("dns")).toBe("waiting");
  });

  it("is plain lines where there is no terminal", () => {
    const lines: string[] = [];
    const { progress, steps } = follow(...started("odoo"));
    const view = openView({
      progress,
      elapsed: () => 2,
      lang: "es",
      write: (text) => lines.push(text),
      terminal: false,
    });
    steps.forEach((step) => view.step(step));
    expect(lines).toEqual([
      "T+   1.0s  Módulos: odoo en curso (1 s de 25 min)",
      "T+   4.0s  Módulos: odoo listo (4 s de 25 min)",
    ]);
  });
});
