import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readVerification, verificationAges, verificationFolder } from "../../backups/verify/record";
import { duration } from "../../drill/report/format";
import { drillResult } from "../../drill/result";
import { unmetObjectives } from "../../plan/checks";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { drillRecordFiles, readDrillRecord } from "../../policy/plan/drill-record";
import { s3Client } from "../../stacks/backup-store";
import { repoRoot } from "../../toolchain/paths";
import { ask, type Asked } from "../ask";
import { freshness, readBackups, type BackupState } from "../backups";
import type { StackOptions } from "../context";
import { StackEngine } from "../engine";
import { incidentOf } from "../incident/files";
import { settingsOf, type Settings } from "../settings";
import { driftStatements } from "./drift";
import { rightsStatements, type Rights } from "./rights";
import { from, says, type Statement } from "./statement";
import { storageStatements } from "./storage";

export interface Audit {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly domain: string;
  readonly statements: readonly Statement[];
  /** Users of the backups, and what each may do. */
  readonly rights: readonly Rights[];
}

export interface AuditOptions extends StackOptions {
  /** False: the clouds are not compared with the state. */
  readonly drift: boolean;
  /** Where incident reports are kept. */
  readonly incidents: string;
}

/** Seconds for the bucket's manifests. */
const backupsDeadline = 15;

/** Finds out everything that an auditor asks. @throws when the settings cannot be read: nothing could be said then */
export async function collectAudit(options: AuditOptions): Promise<Audit> {
  const engine = await StackEngine.find(options);
  const { values } = await engine.config();
  const settings = settingsOf(values);
  const { site, store } = settings;
  const now = new Date();
  const s3 = s3Client(store);
  const iamEndpoint = (JSON.parse(values["aws:endpoints"] ?? "[]") as { iam?: string }[]).find((e) => e.iam)?.iam;
  try {
    const backups = ask(backupsDeadline, () => readBackups(store, site.backups.bucket, settings.passwords));
    const [bucket, storage, { statements: rights, rights: users }, drift, verified, drills, incidents] =
      await Promise.all([
        backups,
        storageStatements(s3, site.backups.bucket),
        rightsStatements(store, iamEndpoint, now),
        options.drift
          ? driftStatements(engine)
          : [says("drift", undefined, "--no-drift", false), says("policies", undefined, "--no-drift", false)],
        verifiedStatement(now),
        drillStatements(now),
        backups.then((asked) => incidentStatement(asked, settings, options.incidents)),
      ]);
    return {
      at: now.toISOString(),
      domain: site.domain,
      statements: [
        ...backupStatements(bucket, now),
        verified,
        ...drills,
        ...storage,
        ...rights,
        ...drift,
        deviations(),
        incidents,
      ],
      rights: users,
    };
  } finally {
    s3.destroy();
  }
}

function backupStatements(bucket: Asked<BackupState>, now: Date): Statement[] {
  return [
    from("backups-valid", bucket, ({ newest, skipped, active }) => ({
      holds: newest !== undefined && skipped.length === 0,
      evidence: `generation ${active ?? "-"}: ${newest ? `${newest.key}, finished ${newest.body.finishedAt}, verified now` : "no valid set"}${skipped.map((s) => `; ${s.key}: ${s.reason}`).join("")}`,
    })),
    from("backups-fresh", bucket, ({ newest }) => {
      const modules = newest ? freshness(newest.body, now.getTime()) : [];
      const age = (m: (typeof modules)[number]) =>
        m.ageSeconds === undefined ? "absent" : `${Math.round(m.ageSeconds)} s`;
      return {
        holds: modules.length > 0 && modules.every((m) => m.verdict === "fresh"),
        evidence: modules.map((m) => `${m.module} ${age(m)} of ${m.rpoTargetSeconds} s`).join("; ") || "no valid set",
      };
    }),
  ];
}

async function verifiedStatement(now: Date): Promise<Statement> {
  const record = await ask(5, () => readVerification(join(repoRoot(), verificationFolder)));
  return from("backups-verified", record, (last) => {
    const ages = verificationAges(last, plan, now.getTime());
    const told = ages.map((m) => `${m.module} ${m.at ?? "never"}${m.stale ? " (stale)" : ""}`);
    return {
      holds: ages.every(({ stale }) => !stale),
      evidence: `${last ? `last verification ${last.startedAt}: ${last.verdict}` : "no verification"}; allowed: ${plan.verifyEvery}; ${told.join(", ")}`,
    };
  });
}

async function drillStatements(now: Date): Promise<Statement[]> {
  const record = await ask(5, async () => {
    const file = join(repoRoot(), readDrillRecord()?.file ?? drillRecordFiles.here);
    return drillResult.parse(JSON.parse(await readFile(file, "utf8")));
  });
  return [
    from("restore-proved", record, (drill) => ({
      holds: drill.verdict === "recovered",
      evidence: `drill of ${drill.startedAt}: ${drill.verdict}${drill.failoverSeconds === null ? "" : `, RTO ${duration(drill.failoverSeconds, "en")}`}; RPO ${drill.modules.map((m) => `${m.name} ${m.rpoSeconds ?? "-"} s`).join(", ") || "not measured"}; gate ${drill.gate.checks.filter((c) => c.ok).length}/${drill.gate.checks.length}`,
    })),
    from("drill-due", record, (drill) => {
      const days = (now.getTime() - Date.parse(drill.startedAt)) / 86_400_000;
      return {
        holds: days <= seconds(plan.drillEvery) / 86_400,
        evidence: `${drill.startedAt}, ${days.toFixed(1)} days ago; allowed: ${plan.drillEvery}`,
      };
    }),
  ];
}

function deviations(): Statement {
  const unmet = unmetObjectives(plan).map(({ service, objective, because }) => `${service}, ${objective}: ${because}`);
  return says("plan-deviations", unmet.length === 0, unmet.join("; ") || "every objective has its means", false);
}

async function incidentStatement(bucket: Asked<BackupState>, { site }: Settings, folder: string): Promise<Statement> {
  if (bucket.state !== "answered") return says("incidents", undefined, "the active generation is not known");
  const { active, generations } = bucket.value;
  const claim = generations.find(({ number }) => number === active)?.claim;
  if (active === undefined || !claim)
    return says("incidents", true, `generation ${active ?? "-"} was not made by a recovery`);
  const file = await incidentOf(folder, site.domain, active);
  return says(
    "incidents",
    file !== undefined,
    file ?? `generation ${active}, begun ${claim.claimedAt} by ${claim.claimedBy ?? "?"}: no report in ${folder}`,
  );
}
