import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { readVerification, verificationAges, verificationFolder } from "../../backups/verify/record";
import { drillResult, type DrillResult } from "../../drill/result";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { readDrillRecord } from "../../policy/plan/drill-record";
import { s3Client } from "../../stacks/backup-store";
import { repoRoot } from "../../toolchain/paths";
import { ask, type Asked } from "../ask";
import { readBackups, type BackupState } from "../backups";
import { daysOr } from "../clock";
import type { StackOptions } from "../context";
import { StackEngine } from "../engine";
import { incidentOf } from "../incident/files";
import { drillVerdict } from "../drill/words";
import { joined, verbatim, type Said } from "../said";
import { settingsOf, type Settings } from "../settings";
import { ageStatements } from "./ages";
import { backupStatements, deviations } from "./backups";
import { driftStatements } from "./drift";
import { rightsStatements, type Rights } from "./rights";
import { from, say, says, type Statement, type StatementId } from "./statement";
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
  try {
    const backups = ask(backupsDeadline, () => readBackups(store, site.backups.bucket, settings.passwords));
    const [bucket, storage, { statements: rights, rights: users }, ages, drift, verified, drills, incidents] =
      await Promise.all([
        backups,
        storageStatements(s3, site.backups.bucket),
        rightsStatements(store, settings.iamEndpoint),
        ageStatements(settings, values, now),
        options.drift
          ? driftStatements(engine)
          : (["drift", "policies"] as const).map((id) => says(id, undefined, say("notCompared"), false)),
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
        ...ages,
        ...drift,
        deviations(bucket, now),
        incidents,
      ],
      rights: users,
    };
  } finally {
    s3.destroy();
  }
}

async function verifiedStatement(now: Date): Promise<Statement> {
  const record = await ask(5, () => readVerification(join(repoRoot(), verificationFolder)));
  return from("backups-verified", record, (last) => {
    const ages = verificationAges(last, plan, now.getTime());
    const told = ages.map(({ module, at, stale }) =>
      at === undefined ? say("never", module) : say(stale ? "stale" : "verifiedAt", module, at),
    );
    const allowed = days(plan.verifyEvery);
    const whole = last
      ? say(last.verdict === "verified" ? "verification" : "verificationFailed", last.startedAt, allowed)
      : say("neverVerified", allowed);
    return {
      holds: ages.every(({ stale }) => !stale),
      evidence: joined([whole, joined(told, ", ")]),
    };
  });
}

/** A duration of the plan. */
const days =
  (text: string): Said =>
  (lang) =>
    daysOr(seconds(text), lang);

async function drillStatements(now: Date): Promise<Statement[]> {
  const asked = await ask(5, async () => {
    const last = readDrillRecord();
    return last && drillResult.parse(JSON.parse(await readFile(join(repoRoot(), last.file), "utf8")));
  });
  const judged = (id: StatementId, judge: (drill: DrillResult) => Pick<Statement, "evidence"> & { holds: boolean }) =>
    from(id, asked, (drill) => (drill ? judge(drill) : { holds: false, evidence: say("noDrill") }));
  return [
    judged("restore-proved", (drill) => ({
      holds: drill.verdict === "recovered",
      evidence: joined([
        say("drill", drill.startedAt, (lang) => drillVerdict(drill.verdict, lang)),
        ...(drill.failoverSeconds === null ? [] : [verbatim(`RTO ${Math.round(drill.failoverSeconds)} s`)]),
        say("rpo", drill.modules.map((m) => `${m.name} ${m.rpoSeconds ?? "-"} s`).join(", ") || say("notMeasured")),
        say("gate", drill.gate.checks.filter((c) => c.ok).length, drill.gate.checks.length),
      ]),
    })),
    judged("drill-due", (drill) => {
      const age = (now.getTime() - Date.parse(drill.startedAt)) / 1_000;
      return {
        holds: age <= seconds(plan.drillEvery),
        evidence: say("drillAge", drill.startedAt, (lang) => daysOr(age, lang), days(plan.drillEvery)),
      };
    }),
  ];
}

async function incidentStatement(bucket: Asked<BackupState>, { site }: Settings, folder: string): Promise<Statement> {
  if (bucket.state !== "answered") return says("incidents", undefined, say("activeUnknown"));
  const { active, generations } = bucket.value;
  const claim = generations.find(({ number }) => number === active)?.claim;
  if (active === undefined || !claim) return says("incidents", true, say("noRecovery", String(active ?? "-")));
  const file = await incidentOf(folder, site.domain, active);
  return says(
    "incidents",
    file !== undefined,
    file === undefined ? say("noReport", active, claim.claimedAt, claim.claimedBy ?? "?", folder) : verbatim(file),
  );
}
