import { seconds } from "../../plan/units";
import type { Level, StackRule } from "../core/model";
import { isRehearsal } from "../core/settings";
import { drillRecordFiles, readDrillRecord, type DrillRecord } from "./drill-record";

/** From this age on, in multiples of plan.drillEvery, an old drill is no longer only advice: 45 days for 30. */
const overdue = 1.5;
const dayMs = 86_400_000;

/** The rule on a record that is read when it is checked. */
export const drillRecentRule = (record: () => DrillRecord | undefined): StackRule => ({
  name: "plan-drill-recent",
  demands: "The last drill recovered, and is not older than the plan's interval",
  maps: { nist: ["CP-4", "CP-4(4)"] },
  level: "advisory",
  *checkStack(_, { plan, settings, now }) {
    const days = seconds(plan.drillEvery) / 86_400;
    const fix = "npm run drill";
    const last = record();
    const property = `${last?.file ?? drillRecordFiles.here}.startedAt`;
    if (!last)
      return yield { property, value: undefined, allowed: `a drill in the last ${days} days (plan.drillEvery)`, fix };
    if (last.verdict !== "recovered")
      yield {
        property: `${last.file}.verdict`,
        value: last.verdict,
        allowed: '"recovered"',
        fix: "look into the report, then run the drill again",
      };
    const age = Math.floor((now - last.startedAt) / dayMs);
    if (age <= days) return;
    const level: Level =
      age > days * overdue && settings.stack !== "recovery" && !isRehearsal(settings) && !settings.drill
        ? "mandatory"
        : "advisory";
    yield {
      property,
      value: `${new Date(last.startedAt).toISOString()}, ${age} days ago`,
      allowed: `at most ${days} days (plan.drillEvery)`,
      fix,
      level,
    };
  },
});

/**
 * Advisory until 45 days, then mandatory: a drill that is a little late stops nobody's change, one that is forgotten does. Advisory for ever in a
 * recovery, which must never wait for a drill, in its rehearsal, in a drill, which is the cure, and where no drill was ever: the first is still to come.
 * NIST CP-4, CP-4(4).
 */
export const planDrillRecent: StackRule = drillRecentRule(readDrillRecord);
