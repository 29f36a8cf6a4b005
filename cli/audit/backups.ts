import type { ModuleFreshness } from "../../backups/freshness";
import { unmetObjectives } from "../../plan/checks";
import { plan } from "../../plan/plan";
import { answerOf, type Asked } from "../ask";
import { freshness, type BackupState } from "../backups";
import { joined, verbatim, type Said } from "../said";
import { from, say, says, type Statement } from "./statement";

/** Services whose RPO the plan states and no backup can meet. */
const unmet = unmetObjectives(plan).map(({ service }) => service);

const ageSaid = ({ module, ageSeconds: age, rpoTargetSeconds }: ModuleFreshness): Said =>
  say("age", module, age === undefined ? say("absent") : `${Math.round(age)} s`, rpoTargetSeconds);

/** To where each module could be restored now. */
const modulesOf = ({ newest }: BackupState, now: Date): ModuleFreshness[] =>
  newest ? freshness(newest.body, now.getTime()) : [];

/** Whether the newest set is valid, and as new as the plan demands where a backup can be. */
export function backupStatements(bucket: Asked<BackupState>, now: Date): Statement[] {
  return [
    from("backups-valid", bucket, ({ newest, skipped, active }) => ({
      holds: newest !== undefined && skipped.length === 0,
      evidence: joined([
        newest
          ? say("validSet", String(active ?? "-"), newest.key, newest.body.finishedAt)
          : say("noSetOf", String(active ?? "-")),
        ...skipped.map(({ key, reason }) => verbatim(`${key}: ${reason}`)),
      ]),
    })),
    from("backups-fresh", bucket, (state) => {
      // An objective that no backup meets is a deviation of the plan, and told there; a backup that lags counts here all the same.
      const counted = modulesOf(state, now).filter((m) => !unmet.includes(m.module) || m.verdict !== "fresh");
      return {
        holds: counted.length > 0 && counted.every((m) => m.verdict === "fresh"),
        evidence: counted.length === 0 ? say("noValidSet") : joined(counted.map(ageSaid)),
      };
    }),
  ];
}

/** What the plan states and cannot meet, with what was measured of it. */
export function deviations(bucket: Asked<BackupState>, now: Date): Statement {
  const state = answerOf(bucket);
  const measured = state ? modulesOf(state, now).filter(({ module }) => unmet.includes(module)) : [];
  const told = [...measured.map(ageSaid), ...unmet.map((service) => say("unmet", service))];
  return says("plan-deviations", unmet.length === 0, told.length > 0 ? joined(told) : say("everyObjective"), false);
}
