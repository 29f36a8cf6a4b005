import { bytes } from "../../drill/report/format";
import { confirm } from "../confirm";
import { OperatorError, type Run, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { unfinished } from "./host";
import { locked } from "./locked";
import { keptScript, releaseScript } from "./scripts";
import { recoverWords } from "./words";

/** `smarter recover release`: deletes what recoveries have kept, once it is confirmed. */
export const run: Run<StackOptions & { yes?: boolean; dryRun?: boolean }> = async (given, options) => {
  const { lang } = given;
  const t = recoverWords[lang].kept;
  return locked(given, options, async ({ living, context }) => {
    const { output } = context;
    const begun = await unfinished(living);
    if (begun) throw new OperatorError(t.unfinished(begun.id), exitCodes.refused);
    const kept = (await living.run(keptScript))
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\t"));
    if (kept.length === 0) {
      output.print(t.none);
      return exitCodes.ok;
    }
    output.print([`${t.title}:`, ...kept.map(([size, path]) => `  ${path} (${bytes(Number(size), lang)})`)].join("\n"));
    if (options.dryRun) return exitCodes.ok;
    if (!options.yes) await confirm(living.config.site.domain, context);
    await living.run(releaseScript(kept.map(([, path]) => path!)));
    output.print(t.released(kept.length));
    return exitCodes.ok;
  });
};
