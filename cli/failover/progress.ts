import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { healthySuffix } from "../../components/healthy";
import { isResource } from "../../engine/events";
import { effectiveDeadline, waves } from "../../plan/graph";
import type { ServiceName } from "../../plan/model";
import { plan } from "../../plan/plan";

/** What a recovery goes through. `fence` goes on beside `host`; the modules' waves lie between them and `gate`. */
export const stages = ["preflight", "host", "fence", "modules", "gate", "dns", "backups"] as const;
export type Stage = (typeof stages)[number];

export type State = "waiting" | "working" | "done" | "failed";

export interface ModuleProgress {
  readonly module: ServiceName;
  /** From 1. */
  readonly wave: number;
  /** Seconds that the plan holds it to. */
  readonly deadlineSeconds: number;
  readonly state: State;
  /** Seconds from the beginning to its last change. */
  readonly atSeconds?: number;
}

/** Something worth a line. */
export interface Step {
  readonly atSeconds: number;
  readonly stage: Stage;
  /** Of a module, its name; of a restore, "restore-wave-N". */
  readonly subject: string;
  readonly state: "working" | "done" | "failed";
}

/**
 * Follows a recovery by the engine's events: which stage it is in, and how far each module of the plan is.
 */
export class Progress {
  readonly #modules = new Map<ServiceName, ModuleProgress>();
  readonly #stages = new Map<Stage, State>(stages.map((stage) => [stage, "waiting"]));
  readonly #open = new Map<Stage, Set<string>>();
  readonly #parts = new Map<ServiceName, { readonly open: Set<string>; runs: boolean }>();
  #touched = false;

  /** @param elapsed seconds since the recovery was activated */
  constructor(private readonly elapsed: () => number) {
    waves(plan).forEach((wave, i) =>
      wave.forEach(({ name }) =>
        this.#modules.set(name, {
          module: name,
          wave: i + 1,
          deadlineSeconds: effectiveDeadline(plan, name),
          state: "waiting",
        }),
      ),
    );
    this.#stages.set("preflight", "working");
  }

  get modules(): readonly ModuleProgress[] {
    return [...this.#modules.values()];
  }

  stage(stage: Stage): State {
    return this.#stages.get(stage)!;
  }

  /** The stage that is being worked on, or that failed; of several the last. */
  get current(): Stage {
    return (
      stages.findLast((stage) => ["working", "failed"].includes(this.stage(stage))) ??
      stages.findLast((stage) => this.stage(stage) === "done") ??
      "preflight"
    );
  }

  /** Something outside the engine has been worked on. */
  get touchedAnything(): boolean {
    return this.#touched;
  }

  /** @returns the steps that the event means; none for most events */
  accept(event: EngineEvent): Step[] {
    const seen = observation(event);
    if (!seen) return [];
    const place = placeOf(seen.urn);
    if (!place) return [];
    if (this.stage("preflight") === "working") this.#stages.set("preflight", "done");
    // Components and providers are there from the beginning, and say nothing of how far their parts are.
    if (!isResource(seen.type)) return [];
    if (seen.op !== "same") this.#touched = true;
    this.#follow(place.stage, seen);
    const module = place.module && this.#modules.get(place.module);
    if (!module)
      return seen.op === "same" || !place.worthALine ? [] : [this.#step(place.stage, place.subject, seen.state)];
    const state = this.#moduleState(module.module, place, seen);
    if (module.state === state) return [];
    this.#modules.set(module.module, { ...module, state, atSeconds: this.elapsed() });
    return seen.op === "same" ? [] : [this.#step(place.stage, place.subject, state)];
  }

  /** A module is done when its container is healthy and nothing that belongs to it is open: Vault must be opened after it has started. */
  #moduleState(name: ServiceName, place: Place, { urn, state }: Observation): Step["state"] {
    const parts = this.#parts.get(name) ?? { open: new Set(), runs: false };
    this.#parts.set(name, parts);
    if (state === "working") parts.open.add(urn);
    else parts.open.delete(urn);
    if (state === "failed") return "failed";
    if (place.isTheModule && state === "done") parts.runs = true;
    return parts.runs && parts.open.size === 0 ? "done" : "working";
  }

  #step(stage: Stage, subject: string, state: Step["state"]): Step {
    return { atSeconds: this.elapsed(), stage, subject, state };
  }

  /** A stage is done when nothing of it is open; the engine may open more of it later. */
  #follow(stage: Stage, { urn, state }: Observation): void {
    const open = this.#open.get(stage) ?? new Set();
    this.#open.set(stage, open);
    if (state === "working") open.add(urn);
    else open.delete(urn);
    this.#stages.set(
      stage,
      state === "failed" || this.stage(stage) === "failed" ? "failed" : open.size > 0 ? "working" : "done",
    );
  }
}

interface Observation {
  readonly urn: string;
  readonly type: string;
  readonly op: string;
  readonly state: "working" | "done" | "failed";
}

function observation(event: EngineEvent): Observation | undefined {
  const [metadata, state] = event.resourcePreEvent
    ? ([event.resourcePreEvent.planning ? undefined : event.resourcePreEvent.metadata, "working"] as const)
    : event.resOutputsEvent
      ? ([event.resOutputsEvent.planning ? undefined : event.resOutputsEvent.metadata, "done"] as const)
      : ([event.resOpFailedEvent?.metadata, "failed"] as const);
  if (!metadata) return undefined;
  return {
    urn: metadata.urn,
    type: metadata.type,
    op: metadata.op,
    state,
  };
}

interface Place {
  readonly stage: Stage;
  readonly subject: string;
  readonly module?: ServiceName;
  /** It says that the module's container is healthy. */
  readonly isTheModule?: boolean;
  /** Shown when it is of no module. */
  readonly worthALine?: boolean;
}

/**
 * Where a resource belongs, by the component that holds it and by the plan's own names: no resource is known by its provider.
 * @returns undefined for the stack itself and for providers
 */
function placeOf(urn: string): Place | undefined {
  const [, , chain = "", ...rest] = urn.split("::");
  const name = rest.join("::");
  const component = chain.split("$")[0]!.split(":");
  if (component[0] !== "smarteros") return undefined;
  switch (component[2]) {
    case "RecoveryHost":
    case "ExistingHost":
      return { stage: "host", subject: name, worthALine: true };
    case "SiteNetwork":
      return name.startsWith("vault-")
        ? { stage: "modules", subject: "vault", module: "vault" }
        : { stage: "host", subject: name };
    case "Switchover":
    case "OldSiteFence":
      return { stage: "fence", subject: name, worthALine: true };
    case "RestoreWave":
      return { stage: "modules", subject: name, worthALine: true };
    case "ServiceContainer": {
      // The container, and the command that waits until it is healthy.
      const healthy = `-${healthySuffix}`;
      const [service, waits] = name.endsWith(healthy) ? [name.slice(0, -healthy.length), true] : [name, false];
      return service === "agent"
        ? { stage: "backups", subject: service, worthALine: waits }
        : { stage: "modules", subject: service, module: service as ServiceName, isTheModule: waits };
    }
    case "ValidationGate":
      return { stage: "gate", subject: name, worthALine: true };
    case "SiteDns":
    case "DnsCheck":
      return { stage: "dns", subject: name, worthALine: chain.includes("DnsCheck") };
    default:
      return { stage: "host", subject: name };
  }
}
