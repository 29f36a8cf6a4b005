import { checkDrift } from "../../drift/check";
import { keepDriftRecord } from "../../drift/record";
import { ask } from "../ask";
import type { StackEngine } from "../engine";
import { joined, verbatim } from "../said";
import { from, say, type Statement } from "./statement";

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
          ? say("clean")
          : joined([
              ...resources.map(({ urn, kind }) => say(kind, nameIn(urn))),
              ...unchecked.map(({ urn, why }) => verbatim(`${nameIn(urn)}: ${why}`)),
            ]),
    })),
    from("policies", report, ({ policies }) => {
      const broken = policies.filter(({ level }) => level === "mandatory");
      return {
        holds: broken.length === 0,
        evidence:
          broken.length > 0
            ? joined(broken.map(({ policy, message }) => verbatim(`${policy}: ${message}`)))
            : say("advice", policies.length),
      };
    }),
  ];
}

const nameIn = (urn: string): string => urn.split("::").at(-1) ?? urn;
