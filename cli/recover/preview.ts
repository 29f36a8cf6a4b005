import { postgresUid } from "../../components/services/spec";
import { postgresPaths } from "../../contracts/pgbackrest";
import { databaseTarget } from "../../stacks/restore-spec";
import { moment } from "../clock";
import type { Context } from "../context";
import { exitCodes, type ExitCode } from "../exit-codes";
import { clusterBytes, requireArchived, specOf } from "./cluster";
import { refused, requireSpace, runAgent, type Facts } from "./host";
import type { Living } from "./living";
import { dropFreshScript, restoring } from "./scripts";
import { chooseOwnSet } from "./set";
import { recoverWords } from "./words";

/** Not a recovery's: begun anew each time, and dropped at the end. */
const subject = { folder: "postgres", id: "preview" };

/**
 * Opens the cluster of a time beside the living one, for reading, until Ctrl-C: to look for the last good moment. Nothing is stopped, and
 * nothing of it stays.
 */
export async function openPreview(
  living: Living,
  context: Context,
  at: string | undefined,
  facts: Facts,
): Promise<ExitCode> {
  const { lang, output, signal } = context;
  const t = recoverWords[lang];
  const set = await chooseOwnSet(living.config, at);
  if (!set) throw refused(t.noSet(living.config.site.generation, at));
  const { body } = set.manifest;
  requireSpace(facts, clusterBytes(body), context);
  if (at !== undefined) await requireArchived(living, context, at);
  const drop = () => living.run(dropFreshScript(subject), { signal: AbortSignal.timeout(60_000) });
  await drop();
  output.print(t.preview.restoring(moment(at ?? body.consistentAt, lang)));
  try {
    const input = specOf(living, subject.id, databaseTarget(body, at), set);
    await runAgent(living, subject, {
      image: facts.image,
      run: "recover --preview",
      at: postgresPaths.dataDir,
      input,
      onLine: (line) => {
        const socket = /"event":"preview-ready","socketDir":"([^"]+)"/.exec(line)?.[1];
        if (socket !== undefined)
          output.print(
            t.preview.ready(`docker exec -it --user ${postgresUid} ${restoring} psql -h ${socket} -U postgres -d odoo`),
          );
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await drop();
  }
  output.print(t.preview.closed);
  return exitCodes.ok;
}
