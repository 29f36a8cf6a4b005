import { ScriptFailed } from "../../components/host/ssh";
import { setPath } from "../../components/services/agent";
import { postgresMajorVersion } from "../../components/services/base";
import { postgresPaths, timelineOf } from "../../contracts/pgbackrest";
import type { ManifestBody } from "../../contracts/manifest";
import type { RecoverSpec } from "../../contracts/recover";
import { databases } from "../../plan/graph";
import { plan } from "../../plan/plan";
import type { ChosenSet } from "../../stacks/backup-store";
import { databaseTarget, restoreBase } from "../../stacks/restore-spec";
import type { Context } from "../context";
import { oneLine } from "../table";
import { refused, type Facts } from "./host";
import type { RecoverJournal } from "./journal";
import type { Living } from "./living";
import { lastPointScript } from "./scripts";
import { chooseOwnSet } from "./set";
import { recoverWords } from "./words";

export type Target = NonNullable<RecoverJournal["target"]>;

/** Bytes that a cluster takes beside the damaged one, with the WAL that is replayed. */
export const clusterBytes = ({ postgres }: ManifestBody): number => postgres.databaseBytes * 1.2 + 2 ** 29;

/** PostgreSQL stops only at a commit after the time: one must be in the archive. @throws OperatorError when there is none for certain */
export async function requireArchived({ config }: Living, { lang }: Context, at: string): Promise<void> {
  const until = (await chooseOwnSet(config))?.manifest.body.consistentAt;
  if (until !== undefined && Date.parse(until) < Date.parse(at)) throw refused(recoverWords[lang].tooNew(at, until));
}

/** The time that was asked for; else the last write, where the server can still say which it was; else the newest set. */
export async function targetOf(
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
    say(step.noLastPoint(step.itIsStopped, key));
    return databaseTarget(manifest.body);
  }
  say(step.lastPoint);
  const name = `smarteros-recover-${id}`;
  try {
    const walFile = (await onHost(lastPointScript(name))).trim();
    say(step.lastPointMade);
    return {
      kind: "restorePoint",
      name,
      backupLabel: manifest.body.postgres.backupLabel,
      timeline: timelineOf(walFile),
    };
  } catch (error) {
    if (!(error instanceof ScriptFailed)) throw error;
    say(step.noLastPoint(oneLine(error.stderr).slice(0, 200), key));
    return databaseTarget(manifest.body);
  }
}

/** What the agent is told of the cluster. */
export function specOf({ config, readerKeys }: Living, id: string, target: Target, set: ChosenSet): RecoverSpec {
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
