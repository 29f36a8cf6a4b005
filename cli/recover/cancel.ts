import { confirm } from "../confirm";
import type { Run, StackOptions } from "../context";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import { drop, healthySeconds, unfinished } from "./host";
import type { RecoverJournal } from "./journal";
import { locked } from "./locked";
import { writers } from "../../plan/writers";
import { startScript } from "./scripts";
import { recoverWords } from "./words";
import { fileSets } from "../../plan/graph";
import { plan } from "../../plan/plan";

/** Whom a recovery has stopped, in the order in which they start. */
const stoppedBy = ({ folder }: RecoverJournal): string[][] =>
  folder === "postgres"
    ? [["postgres"], writers()]
    : [fileSets(plan).flatMap(({ set, service }) => (set === folder ? [service] : []))];

/** `smarter recover cancel`: the services run again on the data of before; what was restored beside it is dropped. */
export const run: Run<StackOptions & { yes?: boolean }> = async (given, options) => {
  const { lang } = given;
  const t = recoverWords[lang];
  return locked(given, options, async ({ living, context }) => {
    const { output } = context;
    const begun = await unfinished(living);
    if (!begun) {
      output.print(t.nothingBegun);
      return exitCodes.ok;
    }
    // Vault must not come back as it was: whoever has its shares or tokens would be back too.
    if (begun.switchedAt !== null || begun.folder === "vault")
      throw new OperatorError(t.tooLateToCancel(begun.id), exitCodes.refused);
    if (!options.yes) await confirm(living.config.site.domain, context);
    for (const names of stoppedBy(begun)) await living.run(startScript(names, healthySeconds));
    await living.run("docker start agent >/dev/null");
    await drop(living, begun);
    output.print(t.cancelled);
    return exitCodes.ok;
  });
};
