import { gateResult } from "../../contracts/gate";
import { ask, answerOf } from "../ask";
import type { StackOptions } from "../context";
import { StackEngine } from "../engine";
import { incidentOf } from "../incident/files";
import { collect } from "../status/collect";
import type { Look } from "../status/look";
import { evaluate, type Item } from "./evaluate";

/** Seconds for the outputs of the stack. */
const outputsSeconds = 5;

/** Looks at every item of the checklist now. @param folder where incident reports are kept */
export async function checkAll(
  options: StackOptions,
  folder: string,
): Promise<{ readonly items: Item[]; readonly look: Look }> {
  const [look, outputs] = await Promise.all([
    collect(options),
    StackEngine.find(options).then((engine) => ask(outputsSeconds, (signal) => engine.outputs(signal))),
  ]);
  const gate = gateResult.safeParse(answerOf(outputs)?.["gate"]);
  const incident =
    look.activeGeneration === undefined ? undefined : await incidentOf(folder, look.domain, look.activeGeneration);
  return {
    look,
    items: evaluate({ look, ...(gate.success ? { gate: gate.data } : {}), ...(incident ? { incident } : {}) }),
  };
}
