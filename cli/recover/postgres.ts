import { ScriptFailed } from "../../components/host/ssh";
import { dataRoot } from "../../components/host/connection";
import { setPath } from "../../components/services/agent";
import { postgresMajorVersion } from "../../components/services/base";
import { gateResult } from "../../contracts/gate";
import { postgresPaths, timelineOf } from "../../contracts/pgbackrest";
import type { RecoverSpec } from "../../contracts/recover";
import { databases, dependants } from "../../plan/graph";
import { plan } from "../../plan/plan";
import type { ChosenSet } from "../../stacks/backup-store";
import { databaseTarget, restoreBase } from "../../stacks/restore-spec";
import { moment } from "../clock";
import { OperatorError, type Context, type Run, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { masker, maskedOutput } from "../mask";
import { oneLine } from "../table";
import { factsOf, refused, requireSpace, runAgent, type Facts } from "./host";
import type { RecoverJournal } from "./journal";
import { findLiving, type Living } from "./living";
import { locked } from "./locked";
import { foldersOf, lastPointScript, servesScript, switchScript } from "./scripts";
import { chooseOwnSet } from "./set";
import { recover, sayChecks, type RecoverOptions } from "./steps";
import { recoverWords } from "./words";

type Target = NonNullable<RecoverJournal["target"]>;

/** Every service that writes to the cluster, directly or through another. */
export const writers = (): string[] => dependants(plan, "postgres").map(({ name }) => name);

/** `smarter recover postgres` */
export const run: Run<StackOptions & RecoverOptions> = async (given, options) => {
  const living = await findLiving(options, given.lang, given.signal);
  const context = { ...given, output: maskedOutput(given.output, masker(living.clear)) };
  const t = recoverWords[context.lang];
  const say = options.json ? context.output.note : context.output.print;
  return locked(living, context.lang, async () => {
    const facts = await factsOf(living);
    return recover(living, context, options, {
      wanted: { folder: "postgres", path: null, at: options.at },
      stops: writers(),
      stopsAtSwitch: ["postgres"],
      forecast: async ({ entry, set }) => {
        const { body } = set.manifest;
        requireSpace(facts, body.postgres.databaseBytes * 1.2 + 2 ** 29, context);
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

/** PostgreSQL stops only at a commit after the time: one must be in the archive. @throws OperatorError when there is none for certain */
async function requireArchived({ config }: Living, { lang }: Context, at: string): Promise<void> {
  const until = (await chooseOwnSet(config))?.manifest.body.consistentAt;
  if (until !== undefined && Date.parse(until) < Date.parse(at)) throw refused(recoverWords[lang].tooNew(at, until));
}

/** The time that was asked for; else the last write, where the server can still say which it was; else the newest set. */
async function targetOf(
  { run: onHost }: Living,
  { id, at }: RecoverJournal,
  { key, manifest }: ChosenSet,
  { serverRuns }: Facts,
  lang: Context["lang"],
  say: (text: string) => void,
): Promise<Target> {
  const { step } = recoverWords[lang];
  if (at !== null) return databaseTarget(manifest.body, at);
  if (!serverRuns) {
    say(step.noLastPoint("it is stopped", key));
    return databaseTarget(manifest.body);
  }
  say(step.lastPoint);
  const name = `smarteros-recover-${id}`;
  try {
    const walFile = (await onHost(lastPointScript(name))).trim();
    say(step.lastPointMade);
    return { kind: "restorePoint", name, backupLabel: manifest.body.postgres.backupLabel, timeline: timelineOf(walFile) };
  } catch (error) {
    if (!(error instanceof ScriptFailed)) throw error;
    say(step.noLastPoint(oneLine(error.stderr).slice(0, 200), key));
    return databaseTarget(manifest.body);
  }
}

function specOf({ config, readerKeys }: Living, id: string, target: Target, set: ChosenSet): RecoverSpec {
  const odoo = set.manifest.body.files["odoo"];
  if (!odoo) throw new Error(`backup set ${set.key}: it has no file set odoo; fix: an earlier set by --at`);
  return {
    restore: {
      ...restoreBase(config, { restoreId: id, sourceGeneration: config.site.generation, keys: readerKeys }),
      postgres: { dataDir: postgresPaths.dataDir, majorVersion: postgresMajorVersion, target },
      fileSets: [],
    },
    databases: databases(plan),
    tenants: [...config.site.tenants],
    odoo: { database: "odoo", filestore: `${setPath("odoo")}/filestore/odoo` },
    files: { path: setPath("odoo"), snapshot: odoo.snapshot },
  };
}
