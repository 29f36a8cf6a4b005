import { checkDrift } from "../../drift/check";
import { keepDriftRecord } from "../../drift/record";
import { ask } from "../ask";
import type { StackEngine } from "../engine";
import { from, type Statement } from "./statement";

/** Seconds for the comparison with every cloud, and for the policies. */
const deadline = 180;

/** Whether the clouds are as the program left them, and whether the program keeps the policies. */
export async function driftStatements(engine: StackEngine): Promise<Statement[]> {
  const report = await ask(deadline, async () => {
    const found = await checkDrift(engine.access);
    await keepDriftRecord(found, engine.access);
    return found;
  });
  return [
    from("drift", report, ({ verdict, resources, unchecked }) => ({
      holds: verdict === "clean",
      evidence:
        verdict === "clean"
          ? "every resource of the stack is as its state says"
          : [
              ...resources.map((r) => `${r.urn.split("::").at(-1)}: ${r.kind}`),
              ...unchecked.map((u) => `${u.urn.split("::").at(-1)}: ${u.why}`),
            ].join("; "),
    })),
    from("policies", report, ({ policies }) => {
      const broken = policies.filter(({ level }) => level === "mandatory");
      return {
        holds: broken.length === 0,
        evidence:
          broken.map((p) => `${p.policy}: ${p.message}`).join("; ") ||
          `no mandatory policy is broken; ${policies.length} pieces of advice`,
      };
    }),
  ];
}
