import { effectiveRpo, hostCopyEvery, longestRpo } from "../plan/graph";
import type { Backup, Plan, Service } from "../plan/model";
import { humanSeconds } from "../plan/units";

/** What the plan backs up, as docs/backups.md shows it: one row for each thing that is kept, or deliberately not. */
export function backupTable(plan: Plan): string {
  const rows = plan.services.flatMap((service) => service.backup.map((backup) => row(plan, service, backup)));
  rows.push(
    `| ${plan.host.title} | \`/srv/smarteros/${plan.host.set}\`, a copy that the host makes of it every ${humanSeconds(hostCopyEvery(plan))}; by restic, in the same snapshot, as \`/${plan.host.set}\` | \`files/\` | each cycle (${plan.backupCycle}) in which it changed | ${humanSeconds(longestRpo(plan))}, the plan's longest |`,
  );
  return ["| what | how | below `g<N>/` | how often | RPO |", "|---|---|---|---|---|", ...rows].join("\n");
}

function row(plan: Plan, { name, title }: Service, backup: Backup): string {
  const rpo = effectiveRpo(plan, name);
  const cells = (how: string, where: string, often: string) =>
    `| ${title} | ${how} | ${where} | ${often} | ${rpo === undefined ? "none stated" : humanSeconds(rpo)} |`;
  switch (backup.kind) {
    case "cluster":
      return cells(
        "the whole cluster by pgBackRest: base copies, and all WAL on top",
        "`postgres/`",
        `a full copy every ${backup.fullCopyEvery}, one at most ${backup.baseCopyAtMost} old; WAL at each cycle (${plan.backupCycle}) and at least every ${plan.archiveTimeout}`,
      );
    case "database":
      return cells(
        `its database \`${name}\`, in the cluster`,
        "`postgres/`",
        `restore point every ${plan.backupCycle}`,
      );
    case "files":
      return cells(
        `\`/srv/smarteros/${backup.set}\` by restic, all sets in one snapshot, as \`/${backup.set}\``,
        "`files/`",
        `each cycle (${plan.backupCycle}) in which it changed`,
      );
    case "raft-snapshot":
      return cells("raft snapshot, and its threshold of shares", "`vault/`", "when it changed");
    case "none":
      return cells(`nothing: ${backup.because}`, "-", "-");
    default:
      return backup satisfies never;
  }
}

const [begin, end] = ["<!-- table -->", "<!-- end of table -->"];

/** The document with the table in its place. @throws Error when it has no such place */
export function withBackupTable(document: string, plan: Plan): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`docs/backups.md: needs ${begin} and ${end}`);
  return `${document.slice(0, from)}${begin}\n${backupTable(plan)}\n${document.slice(to)}`;
}
