import { restorableAge, type Status } from "./status";

/** The first full backup of a large cluster takes its time. */
export const initialisationSeconds = 3600;
/** A disk that is full by then is a matter for today. */
export const diskFullSeconds = 3600;

/**
 * Why the agent is not healthy; empty when it is. Until its first cycle only the time that this takes is judged: WAL that was written
 * before there was a repository waits until then.
 */
export function problems(status: Status): string[] {
  const { phase, now, config, archive } = status;
  const secondsSince = (time: Date) => Math.round((now.getTime() - time.getTime()) / 1000);
  if (phase.state === "initialising") {
    const seconds = secondsSince(phase.since);
    return seconds > initialisationSeconds
      ? [`no cycle has finished in the ${seconds} s since the start; allowed: ${initialisationSeconds} s`]
      : [];
  }
  const found: string[] = [];
  const threeCycles = 3 * config.cycleSeconds;
  const cycle = secondsSince(phase.lastFinishedAt);
  if (cycle > threeCycles)
    found.push(`the last cycle finished ${cycle} s ago; allowed: ${threeCycles} s (three cycles)`);

  for (const target of config.targets) {
    const age = restorableAge(status, target);
    // What a cycle cannot meet by its own length, such as Vault's 0, is the plan's affair and not the agent's.
    const allowed = Math.max(2 * target.rpoSeconds, threeCycles);
    if (age === undefined) found.push(`${target.module}: the newest backup set lacks a part of it`);
    else if (age > allowed)
      found.push(`${target.module}: the newest restorable point is ${Math.round(age)} s old; allowed: ${allowed} s`);
  }

  if (!archive) return found;
  const { queueAgeSeconds, queueSegments, diskFullSeconds: full } = archive;
  if (queueAgeSeconds > config.walQueueLimitSeconds) {
    found.push(
      `WAL has waited ${Math.round(queueAgeSeconds)} s for the store (${queueSegments} segments); allowed: ${config.walQueueLimitSeconds} s; ` +
        `fix: read PostgreSQL's log for archive_command's error`,
    );
  }
  if (full < diskFullSeconds) {
    found.push(
      `PostgreSQL's disk will be full of WAL in ${Math.round(full / 60)} min, and PostgreSQL stops then; fix: make archiving work again, or enlarge the disk`,
    );
  }
  return found;
}

/** For people, in one line, when there are no problems. */
export function wellBeing({ phase, now }: Status): string {
  const seconds = (time: Date) => Math.round((now.getTime() - time.getTime()) / 1000);
  return phase.state === "initialising"
    ? `initialising since ${seconds(phase.since)} s`
    : `the last cycle finished ${seconds(phase.lastFinishedAt)} s ago`;
}
