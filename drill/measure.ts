import { plan } from "../plan/plan";
import type { Service, ServiceName } from "../plan/model";
import type { Ack } from "./load";
import type { Seen } from "../outside/probe";
import type { LastWrites } from "./last-writes";

/** What a drill saw; all times are milliseconds since the epoch, of one clock. */
export interface Observations {
  /** The primary was destroyed. */
  readonly destroyedAt: number;
  /** What was acknowledged, by module. */
  readonly acks: ReadonlyMap<ServiceName, readonly Ack[]>;
  /** What the services of the recovered site still have; a service that did not say is absent. */
  readonly last: ReadonlyMap<ServiceName, LastWrites>;
  /** First answers of the recovered site, through DNS. */
  readonly seen: ReadonlyMap<ServiceName, Seen>;
}

/** A module's figures, in the terms of the drill's record. */
export interface Measured {
  readonly name: ServiceName;
  /** Seconds from the loss to the first answer; null: it never answered. */
  readonly rtoSeconds: number | null;
  /** Seconds from the acknowledgement of the newest write that came back to the loss; 0 when none is missing; null: not measured. */
  readonly rpoSeconds: number | null;
  /** It answers, and of what it keeps something came back. */
  readonly restored: boolean;
  readonly evidence: string;
}

/** The figures of every module of the plan. */
export const measure = (observed: Observations): Measured[] =>
  plan.services.map((service) => {
    const seen = observed.seen.get(service.name);
    const answered = seen?.at ?? null;
    const data = dataLoss(service, observed);
    return {
      name: service.name,
      rtoSeconds: answered === null ? null : Math.max(0, answered - observed.destroyedAt) / 1_000,
      rpoSeconds: data.rpoSeconds,
      restored: answered !== null && data.restored,
      evidence: `${data.evidence}; ${seen?.evidence ?? "it was not probed"}`,
    };
  });

interface DataLoss {
  readonly rpoSeconds: number | null;
  readonly restored: boolean;
  readonly evidence: string;
}

function dataLoss(service: Service, observed: Observations): DataLoss {
  switch (service.name) {
    case "postgres":
      return worstOf(service.name, observed);
    case "redis":
      return {
        rpoSeconds: 0,
        restored: true,
        evidence: "keeps no acknowledged write: Chatwoot acknowledges once it is in PostgreSQL",
      };
    case "caddy":
      return { rpoSeconds: 0, restored: true, evidence: "takes no writes: its certificate is what is looked at" };
    case "vault":
      return lossOf(service.name, observed, places(observed.last.get("gateway"), ["vault"]));
    default:
      return lossOf(service.name, observed, places(observed.last.get(service.name), ["rows", "files"]));
  }
}

/** The cluster loses what the worst of its databases loses. */
function worstOf(name: ServiceName, observed: Observations): DataLoss {
  const losses = plan.services
    .filter(({ backup }) => backup.some(({ kind }) => kind === "database"))
    .map((service) => ({
      service: service.name,
      ...lossOf(service.name, observed, places(observed.last.get(service.name), ["rows"])),
    }));
  const unknown = losses.filter(({ rpoSeconds }) => rpoSeconds === null);
  const worst = losses.reduce((a, b) => ((b.rpoSeconds ?? 0) > (a.rpoSeconds ?? 0) ? b : a));
  const evidence =
    unknown.length > 0
      ? `${name}: not measured in ${unknown.map(({ service }) => service).join(", ")}`
      : `worst of ${losses.length} databases, ${worst.service}: ${worst.evidence}`;
  return {
    rpoSeconds: unknown.length > 0 ? null : worst.rpoSeconds,
    restored: losses.every(({ restored }) => restored),
    evidence,
  };
}

type Place = keyof LastWrites;

/** The highest number in each of the named places that the service has. */
function places(last: LastWrites | undefined, names: readonly Place[]): Map<Place, number> | undefined {
  if (last === undefined) return undefined;
  return new Map(names.flatMap((name) => (last[name] === undefined ? [] : [[name, last[name]] as const])));
}

function lossOf(
  module: ServiceName,
  { acks, destroyedAt }: Observations,
  restored: Map<Place, number> | undefined,
): DataLoss {
  const acked = acks.get(module) ?? [];
  const newest = acked.at(-1);
  if (newest === undefined) return { rpoSeconds: null, restored: false, evidence: "no write was acknowledged" };
  if (!restored?.size) return { rpoSeconds: null, restored: false, evidence: "it did not say what came back" };

  // A write is back only when all of its parts are.
  const back = Math.min(...restored.values());
  const parts = [...restored].map(([place, n]) => `${n} in ${place}`).join(", ");
  const wrote = `last acknowledged write ${newest.n} at ${time(newest.at)}, last restored ${parts}`;
  if (back >= newest.n) return { rpoSeconds: 0, restored: true, evidence: `${wrote}: nothing lost` };

  const lost = acked.filter(({ n }) => n > back);
  const newestBack = acked.findLast(({ n }) => n <= back);
  if (newestBack === undefined) {
    // What was there before the first write of this load may be back, and how old that is, is not known: at least this much.
    const atLeast = seconds(destroyedAt - acked[0]!.at);
    return {
      rpoSeconds: atLeast,
      restored: false,
      evidence: `${wrote}: all ${lost.length} lost, ${atLeast} s and more`,
    };
  }
  const rpoSeconds = seconds(destroyedAt - newestBack.at);
  return {
    rpoSeconds,
    restored: true,
    evidence: `${wrote}: ${lost.length} lost, the newest restored ${rpoSeconds} s before the loss`,
  };
}

/** An acknowledgement may arrive while the primary is being destroyed. */
const seconds = (milliseconds: number) => Math.max(0, Math.round(milliseconds)) / 1_000;
const time = (at: number) => new Date(at).toISOString();
