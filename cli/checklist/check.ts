import { gateResult } from "../../contracts/gate";
import { ask, answerOf } from "../ask";
import type { StackOptions } from "../context";
import { StackEngine } from "../engine";
import { earlierIncident } from "../failover/documentation";
import { incidentOf } from "../incident/files";
import type { Incident } from "../incident/record";
import { collect } from "../status/collect";
import type { Look } from "../status/look";
import { evaluate, type Item } from "./evaluate";

/** Seconds for the outputs of the stack. */
const outputsSeconds = 5;

/** Looks at every item of the checklist now, and what the incident's record leaves to do. @param folder where incident reports are kept */
export async function checkAll(
  options: StackOptions,
  folder: string,
): Promise<{ readonly items: Item[]; readonly look: Look; readonly record: Incident | undefined }> {
  const [look, outputs] = await Promise.all([
    collect(options),
    StackEngine.find(options).then((engine) => ask(outputsSeconds, (signal) => engine.outputs(signal))),
  ]);
  const gate = gateResult.safeParse(answerOf(outputs)?.["gate"]);
  const incident =
    look.activeGeneration === undefined ? undefined : await incidentOf(folder, look.domain, look.activeGeneration);
  const record = incident === undefined ? undefined : await earlierIncident(folder, look.domain, look.activeGeneration!);
  return {
    look,
    record,
    items: evaluate({ look, ...(gate.success ? { gate: gate.data } : {}), ...(incident ? { incident } : {}) }),
  };
}
