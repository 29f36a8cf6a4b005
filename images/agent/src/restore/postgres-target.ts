import type { RestoreSpec } from "../../../../contracts/agent";

type Target = NonNullable<RestoreSpec["postgres"]>["target"];

/** What the server does at the target. */
export type Action = "promote" | "shutdown";

/** How the server that replays fetches WAL. */
export interface FetchBy {
  /** pgBackRest's configuration, where that server finds it. */
  readonly sourceConf: string;
  readonly stanza: string;
}

const restoreCommand = ({ sourceConf, stanza }: FetchBy): string =>
  `pgbackrest --config=${sourceConf} --stanza=${stanza} archive-get %f "%p"`;

/** pgBackRest's options of a restore for a target, on the history that it lies on. */
export function targetOptions(target: Target, action: Action, fetchBy: FetchBy): string[] {
  const { backupLabel, timeline } = target;
  return [
    ...(backupLabel === undefined ? [] : [`--set=${backupLabel}`]),
    ...(timeline === undefined ? [] : [`--target-timeline=${timeline}`]),
    ...whereOptions(target),
    `--target-action=${action}`,
    `--recovery-option=restore_command=${restoreCommand(fetchBy)}`,
  ];
}

function whereOptions(target: Target): string[] {
  switch (target.kind) {
    case "restorePoint":
      return ["--type=name", `--target=${target.name}`];
    case "time":
      return ["--type=time", `--target=${postgresTime(target.time)}`];
    default:
      return target satisfies never;
  }
}

/** @example "2026-11-24T03:50:44.120Z" becomes "2026-11-24 03:50:44.120+00", the form that pgBackRest reads */
const postgresTime = (iso: string) => new Date(iso).toISOString().replace("T", " ").replace("Z", "+00");

/**
 * The recovery's settings of a cluster that pgBackRest restored, for another target: one that lies later on the same history.
 * @param text of postgresql.auto.conf, which pgBackRest wrote
 */
export function withTarget(text: string, target: Target, action: Action, fetchBy: FetchBy): string {
  const where =
    target.kind === "time"
      ? { recovery_target_time: postgresTime(target.time) }
      : { recovery_target_name: target.name };
  const settings = {
    restore_command: restoreCommand(fetchBy),
    ...where,
    ...(target.timeline === undefined ? {} : { recovery_target_timeline: String(target.timeline) }),
    recovery_target_action: action,
  };
  const kept = text.split("\n").filter((line) => !/^(restore_command|recovery_target\w*)\b/.test(line));
  const set = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `${kept.join("\n").trimEnd()}\n${set.join("\n")}\n`;
}
