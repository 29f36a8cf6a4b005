import { Counter, Gauge, Registry } from "prom-client";
import type { SetChange } from "../../../../contracts/ransomware";
import { restorableAge, type Status } from "./status";

/** The status as Prometheus text. What is not known has no sample: it would read as 0, the best there is. */
export async function metricsText(status: Status): Promise<string> {
  const { config, phase, newest, archive } = status;
  const registry = new Registry();
  const gauge = (name: string, help: string, value: number | undefined) => {
    if (value !== undefined) new Gauge({ name, help, registers: [registry] }).set(value);
  };
  const byModule = (
    name: string,
    help: string,
    value: (target: (typeof config.targets)[number]) => number | undefined,
  ) => {
    const metric = new Gauge({ name, help, labelNames: ["module"], registers: [registry] });
    for (const target of config.targets) {
      const known = value(target);
      if (known !== undefined) metric.set({ module: target.module }, known);
    }
  };

  const bySet = (name: string, help: string, value: (change: SetChange) => number) => {
    const metric = new Gauge({ name, help, labelNames: ["set"], registers: [registry] });
    for (const [set, { change }] of Object.entries(newest?.files ?? {})) if (change) metric.set({ set }, value(change));
  };

  byModule(
    "smarteros_backup_newest_restorable_age_seconds",
    "Age of the newest point to which a module can be restored.",
    (target) => restorableAge(status, target),
  );
  byModule("smarteros_backup_rpo_target_seconds", "The plan's RPO.", ({ rpoSeconds }) => rpoSeconds);
  gauge(
    "smarteros_backup_last_cycle_timestamp_seconds",
    "When a backup cycle of this process finished last.",
    phase.state === "cycling" ? phase.lastFinishedAt.getTime() / 1000 : undefined,
  );
  bySet("smarteros_backup_replaced_files", "Files of the newest set that took an earlier one's place.", (c) => c.replaced);
  bySet("smarteros_backup_encrypted_files", "Of the replaced files that were looked into, those that look encrypted.", (c) => c.encrypted);
  bySet("smarteros_backup_sampled_files", "Replaced files that were looked into.", (c) => c.sampled);
  gauge("smarteros_backup_added_bytes", "What the newest file sets added to the repository.", newest?.volumes?.added?.bytes);
  gauge("smarteros_wal_cycle_bytes", "WAL that the cluster generated in the last cycle.", newest?.volumes?.wal?.bytes);
  if (archive) {
    gauge(
      "smarteros_wal_archive_queue_age_seconds",
      "How long the first unarchived WAL segment has waited.",
      archive.queueAgeSeconds,
    );
    gauge("smarteros_wal_archive_queue_segments", "WAL segments that wait for the store.", archive.queueSegments);
    new Counter({
      name: "smarteros_wal_archive_failures_total",
      help: "Failed attempts to archive a WAL segment.",
      registers: [registry],
    }).inc(archive.failures);
    gauge("smarteros_postgres_disk_free_bytes", "Free space where PostgreSQL's data is.", archive.diskFreeBytes);
    gauge(
      "smarteros_postgres_disk_full_seconds",
      "Seconds until unarchived WAL fills the disk, at the present growth.",
      archive.diskFullSeconds,
    );
  }
  return registry.metrics();
}
