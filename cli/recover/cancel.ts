import { confirm } from "../confirm";
import type { Run, StackOptions } from "../context";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import { parseJournals, readJournalsScript, writeJournalScript } from "./journal";
import { findLiving } from "./living";
import { locked } from "./locked";
import { writers } from "./postgres";
import { dropFreshScript, startScript } from "./scripts";
import { recoverWords } from "./words";

/** Seconds in which a service must be healthy again. */
const healthySeconds = 300;

/** `smarter recover cancel`: the services run again on the data of before; what was restored beside it is dropped. */
export const run: Run<StackOptions & { yes?: boolean }> = async (context, options) => {
  const { lang, output, signal } = context;
  const t = recoverWords[lang];
  const living = await findLiving(options, lang, signal);
  return locked(living, lang, async () => {
    const begun = parseJournals(await living.run(readJournalsScript)).find(({ outcome }) => outcome === null);
    if (!begun) {
      output.print(t.nothingBegun);
      return exitCodes.ok;
    }
    if (begun.switchedAt !== null) throw new OperatorError(t.tooLateToCancel(begun.id), exitCodes.refused);
    if (!options.yes) await confirm(living.config.site.domain, context);
    await living.run(dropFreshScript(begun.id));
    await living.run(startScript(["postgres"], healthySeconds));
    await living.run(startScript(writers(), healthySeconds));
    await living.run("docker start agent >/dev/null");
    await living.run(writeJournalScript({ ...begun, finishedAt: new Date().toISOString(), outcome: "cancelled" }));
    output.print(t.cancelled);
    return exitCodes.ok;
  });
};
