import { setPath } from "../../components/services/agent";
import { restoreResult, type RestoreSpec } from "../../contracts/agent";
import type { GateCheck } from "../../contracts/gate";
import { fileSets } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { restoreBase } from "../../stacks/restore-spec";
import { moment } from "../clock";
import { OperatorError, type Run, type StackOptions } from "../context";
import { sayError } from "../error-words";
import { exitCodes } from "../exit-codes";
import { factsOf, requireSpace, runAgent } from "./host";
import type { Living } from "./living";
import { locked } from "./locked";
import { carryOver, foldersOf, switchPathScript, switchScript } from "./scripts";
import { recover, sayChecks, type RecoverOptions } from "./steps";
import { recoverWords } from "./words";

export interface FilesOptions extends StackOptions, RecoverOptions {
  readonly service: string;
  /** Below the service's data folder. */
  readonly path?: string;
}

/** Services whose files are backed up as a folder. */
export const services = (): string[] =>
  fileSets(plan).flatMap(({ kind, service }) => (kind === "files" ? [service] : []));

/** `smarter recover files SERVICE` */
export const run: Run<FilesOptions> = async (given, options) => {
  const set = setOf(options.service);
  const path = options.path === undefined ? null : pathIn(options.path);
  const t = recoverWords[given.lang];
  return locked(given, options, async ({ living, context, say }) => {
    const facts = await factsOf(living);
    return recover(living, context, options, {
      wanted: { folder: set, path, at: options.at },
      stops: [options.service],
      forecast: async ({ entry, set: chosen }) => {
        const { takenAt, bytes } = entryOf(chosen.manifest.body.files, set, chosen.key);
        requireSpace(facts, bytes * 1.1 + 2 ** 28, context);
        return [
          t.will.stop([options.service, "agent"].join(", ")),
          (path === null ? t.will.files : t.will.path)(path ?? options.service, moment(takenAt, context.lang)),
          t.will.kept(foldersOf(entry).damaged),
        ];
      },
      restore: async ({ entry, set: chosen }) => {
        const { snapshot, takenAt } = entryOf(chosen.manifest.body.files, set, chosen.key);
        say(t.step.restoring(moment(takenAt, context.lang)));
        const input = specOf(living, entry.id, {
          name: set,
          path: setPath(set),
          snapshot,
          ...(path === null ? {} : { only: [path] }),
        });
        const said = await runAgent(living, entry, { image: facts.image, run: "restore", at: setPath(set), input });
        const checks = said.trim().split("\n").map(checkOf);
        sayChecks(checks, say);
        return checks;
      },
      switchScript: (entry, { set: chosen }) => {
        const { takenAt } = entryOf(chosen.manifest.body.files, set, chosen.key);
        return path === null ? switchScript(entry, carryOver(entry, takenAt)) : switchPathScript(entry, path);
      },
    });
  });
};

/** restic has compared each file with its checksum while it restored it. */
function checkOf(line: string): GateCheck {
  const { module, files, bytes, detail } = restoreResult.parse(JSON.parse(line));
  return { name: `files of ${module}`, ok: true, evidence: `${files ?? "?"} files, ${bytes ?? "?"} bytes: ${detail}` };
}

function specOf({ config, readerKeys }: Living, id: string, set: RestoreSpec["fileSets"][number]): RestoreSpec {
  return {
    ...restoreBase(config, { restoreId: id, sourceGeneration: config.site.generation, keys: readerKeys }),
    fileSets: [set],
  };
}

function entryOf<T>(files: Readonly<Record<string, T>>, set: string, key: string): T {
  const found = files[set];
  if (!found)
    throw new OperatorError(sayError("noFileSet", key, set), exitCodes.refused);
  return found;
}

function setOf(service: string): string {
  const found = fileSets(plan).find((f) => f.kind === "files" && f.service === service);
  if (!found)
    throw new OperatorError(sayError("noSuchService", service, services().join(", ")), exitCodes.refused);
  return found.set;
}

/** A path inside of the folder. @throws OperatorError for any other */
export function pathIn(given: string): string {
  const parts = given.split("/").filter((part) => part !== "" && part !== ".");
  const wrong =
    given.startsWith("/") ||
    parts.length === 0 ||
    parts.some((part) => part === ".." || part.startsWith(".smarteros-")) ||
    /\p{Cc}/u.test(given);
  if (wrong)
    throw new OperatorError(sayError("notAPath", JSON.stringify(given)), exitCodes.refused);
  return parts.join("/");
}
