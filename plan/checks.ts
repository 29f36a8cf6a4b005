import { databases, effectiveDeadline, fileSets, findCycle, hostCopyEvery, predictedRto } from "./graph";
import type { Plan } from "./model";
import { humanSeconds, seconds } from "./units";

/**
 * Contradictions inside the plan; each message names both sides and the fix. Empty when it holds.
 * Run before any resource is declared.
 */
export function contradictions(plan: Plan): string[] {
  const problems: string[] = [];
  const names = new Set(plan.services.map((s) => s.name));
  const duration = (path: string, text: string): number => {
    try {
      return seconds(text);
    } catch (error) {
      problems.push(`${path}: ${(error as Error).message}`);
      return Number.NaN;
    }
  };

  const overall = duration("plan.overallRto", plan.overallRto);
  const cycle = duration("plan.backupCycle", plan.backupCycle);
  const archive = duration("plan.archiveTimeout", plan.archiveTimeout);
  duration("plan.hostEstimate", plan.hostEstimate);
  const retention = duration("plan.retention", plan.retention);
  for (const [i, { olderThan, every }] of plan.thinning.entries()) {
    const age = duration(`plan.thinning[${i}].olderThan`, olderThan);
    duration(`plan.thinning[${i}].every`, every);
    if (age >= retention) problems.push(`plan.thinning[${i}].olderThan: received ${olderThan}, but plan.retention is ${plan.retention}, after which no set is left; allowed: less; fix: thin earlier, or drop this step`);
  }
  duration("plan.drillEvery", plan.drillEvery);
  duration("plan.rotateEvery", plan.rotateEvery);
  const { ransomware } = plan;
  const window = duration("plan.ransomware.window", ransomware.window);
  if (window < cycle) problems.push(`plan.ransomware.window: received ${ransomware.window}, but plan.backupCycle is ${plan.backupCycle}; allowed: at least one cycle; fix: widen it`);
  const verifying = duration("plan.verifyEvery", plan.verifyEvery);
  for (const s of plan.services) {
    if (s.rto) duration(`plan.services.${s.name}.rto`, s.rto);
    if (s.rpo) duration(`plan.services.${s.name}.rpo`, s.rpo);
    duration(`plan.services.${s.name}.startEstimate`, s.startEstimate);
  }

  if (names.size !== plan.services.length) problems.push("plan.services: a service is declared twice; fix: keep one declaration of each");
  for (const s of plan.services) {
    for (const d of s.dependsOn) {
      if (!names.has(d)) problems.push(`plan.services.${s.name}.dependsOn: received ${d}, which plan.services does not declare; fix: declare ${d} or drop the dependency`);
    }
    if (s.backup.length === 0) problems.push(`plan.services.${s.name}.backup: received nothing; allowed: what is backed up, or { kind: "none", because }; fix: say which`);
  }
  const loop = findCycle(plan.services);
  if (loop) problems.push(`plan.services: ${loop} is a cycle; a service cannot wait for itself; fix: remove one of these dependencies`);
  if (problems.length > 0) return problems; // the rest needs a sound graph and durations

  if (archive > 60) problems.push(`plan.archiveTimeout: received ${plan.archiveTimeout}; allowed: at most 60 seconds (O4); fix: lower it`);
  if (verifying > retention / 2) problems.push(`plan.verifyEvery: received ${plan.verifyEvery}, but plan.retention is ${plan.retention}; allowed: at most half of it, so that a set that was verified is still kept when the next turns out bad; fix: verify more often`);
  for (const s of plan.services) {
    const loses = s.backup.some((b) => b.kind !== "none");
    if (s.rpo && seconds(s.rpo) > 0 && loses && cycle > seconds(s.rpo) / 2) {
      problems.push(
        `plan.backupCycle: received ${plan.backupCycle}, but plan.services.${s.name}.rpo is ${s.rpo}; allowed: at most half of it (a cycle that has just missed a write, and the next one); fix: shorten the cycle or relax the RPO`,
      );
    }
    for (const b of s.backup) {
      if (b.kind === "cluster" && seconds(b.baseCopyAtMost) > seconds(b.fullCopyEvery)) {
        problems.push(`plan.services.${s.name}.backup: baseCopyAtMost ${b.baseCopyAtMost} is longer than fullCopyEvery ${b.fullCopyEvery}; fix: make the incremental copies the more frequent`);
      }
    }
    const predicted = predictedRto(plan, s.name);
    const deadline = effectiveDeadline(plan, s.name);
    if (predicted.seconds > deadline) {
      problems.push(
        `plan.services.${s.name}: its critical path host -> ${predicted.path.join(" -> ")} is predicted to take ${humanSeconds(predicted.seconds)}, but it is held to ${humanSeconds(deadline)}; fix: shorten a step of the path or relax the objective`,
      );
    }
    if (s.rto && seconds(s.rto) > overall) problems.push(`plan.services.${s.name}.rto: received ${s.rto}, but plan.overallRto is ${plan.overallRto}; fix: one of the two`);
  }
  if (hostCopyEvery(plan) < 60)
    problems.push(
      `plan.host: its copy would be made every ${humanSeconds(hostCopyEvery(plan))}, half of the longest RPO; allowed: at least 1 min, in which the host's scheduler counts; fix: relax an RPO of plan.services`,
    );
  if (fileSets(plan).some(({ set }) => set === plan.host.set))
    problems.push(`plan.host.set: received ${plan.host.set}, which a service's set is called too; fix: another name`);
  for (const d of databases(plan)) {
    const owner = plan.services.find((s) => s.name === d);
    if (owner && !owner.dependsOn.includes("postgres")) problems.push(`plan.services.${d}: keeps a database but does not depend on postgres; fix: add it to dependsOn`);
  }
  return problems;
}

/** Objectives that the plan states and its means cannot meet: reported everywhere, hidden nowhere (O4: Vault's 0). */
export function unmetObjectives(plan: Plan): { service: string; objective: string; because: string }[] {
  return plan.services
    .filter((s) => s.rpo && seconds(s.rpo) === 0)
    .map((s) => ({
      service: s.name,
      objective: `RPO ${s.rpo}`,
      because: `only a synchronous raft peer off-site loses nothing; a snapshot is taken within seconds of a change, and what changed in those seconds can be lost`,
    }));
}
