import type { Plan, Service, ServiceName } from "./model";
import { seconds } from "./units";

/** The service of that name. @throws Error when the plan has none. */
export function service(plan: Plan, name: ServiceName): Service {
  const found = plan.services.find((s) => s.name === name);
  if (!found) throw new Error(`plan.services: no service ${name}; fix: declare it in plan/plan.ts`);
  return found;
}

/** A cycle of the dependency graph as a path ("a -> b -> a"), or undefined when there is none. */
export function findCycle(services: readonly Pick<Service, "name" | "dependsOn">[]): string | undefined {
  const byName = new Map(services.map((s) => [s.name, s]));
  const done = new Set<ServiceName>();
  const visit = (name: ServiceName, path: ServiceName[]): string | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name].join(" -> ");
    if (done.has(name)) return undefined;
    for (const next of byName.get(name)?.dependsOn ?? []) {
      const cycle = visit(next, [...path, name]);
      if (cycle) return cycle;
    }
    done.add(name);
    return undefined;
  };
  for (const s of services) {
    const cycle = visit(s.name, []);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Restore waves: each service is in the first wave after all it depends on. Order inside a wave is the plan's. @throws on a cycle. */
export function waves(plan: Plan): Service[][] {
  const cycle = findCycle(plan.services);
  if (cycle) throw new Error(`plan.services: ${cycle} is a cycle; a service cannot wait for itself`);
  const depth = new Map<ServiceName, number>();
  const depthOf = (s: Service): number => {
    const known = depth.get(s.name);
    if (known !== undefined) return known;
    const d = s.dependsOn.length === 0 ? 0 : 1 + Math.max(...s.dependsOn.map((n) => depthOf(service(plan, n))));
    depth.set(s.name, d);
    return d;
  };
  const result: Service[][] = [];
  for (const s of plan.services) (result[depthOf(s)] ??= []).push(s);
  return result;
}

/** Services that cannot serve without this one, directly or through others. */
export function dependants(plan: Plan, name: ServiceName): Service[] {
  const direct = plan.services.filter((s) => s.dependsOn.includes(name));
  return [...new Set(direct.flatMap((s) => [s, ...dependants(plan, s.name)]))];
}

/**
 * Deadline in seconds that a service is held to (O3): its stated RTO, or its tightest dependant's, whichever is less; the overall
 * objective where neither states one. The plan gives PostgreSQL 35 min and the gateway that waits for it 10: PostgreSQL inherits 10.
 */
export function effectiveDeadline(plan: Plan, name: ServiceName): number {
  const own = service(plan, name).rto;
  const inherited = dependants(plan, name).flatMap((d) => (d.rto ? [seconds(d.rto)] : []));
  return Math.min(seconds(plan.overallRto), ...(own ? [seconds(own)] : []), ...inherited);
}

/** RPO in seconds that a service is held to: its own, or the tightest of what keeps its data in it (PostgreSQL keeps the others'). */
export function effectiveRpo(plan: Plan, name: ServiceName): number | undefined {
  const own = service(plan, name).rpo;
  const inherited = dependants(plan, name).flatMap((d) => (d.rpo ? [seconds(d.rpo)] : []));
  const all = [...(own ? [seconds(own)] : []), ...inherited];
  return all.length === 0 ? undefined : Math.min(...all);
}

/** RPO in seconds of data for which the plan states none, nor for anything that waits for it: the longest that it states. */
export const longestRpo = (plan: Plan): number => Math.max(...plan.services.flatMap(({ rpo }) => (rpo ? [seconds(rpo)] : [])));

/** Seconds between two copies of the host's configuration: half of its RPO, as of every cadence (O4). */
export const hostCopyEvery = (plan: Plan): number => longestRpo(plan) / 2;

/** Predicted seconds from the start of the recovery to "serves", along the slowest chain of dependencies, and that chain. */
export function predictedRto(plan: Plan, name: ServiceName): { seconds: number; path: ServiceName[] } {
  const s = service(plan, name);
  const slowest = s.dependsOn
    .map((n) => predictedRto(plan, n))
    .reduce((a, b) => (b.seconds > a.seconds ? b : a), { seconds: seconds(plan.hostEstimate), path: [] as ServiceName[] });
  return { seconds: slowest.seconds + seconds(s.startEstimate), path: [...slowest.path, name] };
}

/** Names of the file sets that restic keeps, in the plan's order; Vault's snapshot is one of them. */
export function fileSets(plan: Plan): { service: ServiceName; set: string; kind: "files" | "raft-snapshot" }[] {
  return plan.services.flatMap((s) =>
    s.backup.flatMap((b) => (b.kind === "files" || b.kind === "raft-snapshot" ? [{ service: s.name, set: b.set, kind: b.kind }] : [])),
  );
}

/** Services that keep a database of their own name in the cluster. */
export function databases(plan: Plan): ServiceName[] {
  return plan.services.filter((s) => s.backup.some((b) => b.kind === "database")).map((s) => s.name);
}
