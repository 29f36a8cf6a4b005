import { dataRoot } from "../../components/host/connection";
import { setPath } from "../../components/services/agent";
import { gateResult } from "../../contracts/gate";
import { postgresPaths } from "../../contracts/pgbackrest";
import { writers } from "../../plan/writers";
import { moment } from "../clock";
import { OperatorError, type Run, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { clusterBytes, requireArchived, specOf, targetOf } from "./cluster";
import { factsOf, requireSpace, runAgent } from "./host";
import { locked } from "./locked";
import { openPreview } from "./preview";
import { foldersOf, servesScript, switchScript } from "./scripts";
import { recover, sayChecks, type RecoverOptions } from "./steps";
import { recoverWords } from "./words";

/** `smarter recover postgres` */
export const run: Run<StackOptions & RecoverOptions & { preview?: boolean }> = async (given, options) => {
  const t = recoverWords[given.lang];
  return locked(given, options, async ({ living, context, say }) => {
    const facts = await factsOf(living);
    if (options.preview) return openPreview(living, context, options.at, facts);
    return recover(living, context, options, {
      wanted: { folder: "postgres", path: null, at: options.at },
      stops: writers(),
      stopsAtSwitch: ["postgres"],
      forecast: async ({ entry, set }) => {
        requireSpace(facts, clusterBytes(set.manifest.body), context);
        if (entry.at !== null) await requireArchived(living, context, entry.at);
        return [
          t.will.stop([...writers(), "agent"].join(", ")),
          entry.at === null ? t.will.newest(set.key) : t.will.restore(moment(entry.at, context.lang)),
          t.will.verify,
          t.will.kept(foldersOf(entry).damaged),
        ];
      },
      restore: async ({ entry, set }, note) => {
        const target = entry.target ?? (await targetOf(living, entry, set, facts, context.lang, say));
        await note({ target });
        say(t.step.restoring(target.kind === "time" ? target.time : target.name));
        const said = await runAgent(living, entry, {
          image: facts.image,
          run: "recover",
          at: postgresPaths.dataDir,
          mounts: [`${dataRoot}/odoo:${setPath("odoo")}`],
          input: specOf(living, entry.id, target, set),
        });
        const { passed, checks } = gateResult.parse(JSON.parse(said));
        sayChecks(checks, say);
        if (!passed) throw new OperatorError(t.checksFailed(checks.filter(({ ok }) => !ok).length), exitCodes.failed);
        return checks;
      },
      switchScript: (entry) => switchScript(entry),
      served: async ({ id }) => void (await living.run(servesScript(id))),
    });
  });
};
