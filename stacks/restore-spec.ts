import { RunError } from "@pulumi/pulumi/errors";
import { previousHostFolder, setOfFolder, setPath } from "../components/services/agent";
import type { RestoreSpec } from "../contracts/agent";
import type { ManifestBody } from "../contracts/manifest";
import { postgresPaths, timelineOf } from "../contracts/pgbackrest";
import type { StackConfig } from "./config";
import type { RestorePlan } from "./preflight";
import { s3Location, stanza } from "./s3-location";

type StoreKeys = Pick<RestoreSpec["secrets"], "s3AccessKey" | "s3SecretKey">;
type Target = NonNullable<RestoreSpec["postgres"]>["target"];

/** What every restore of this site is told, whatever it restores. */
export const restoreBase = (
  { site, secrets }: StackConfig,
  args: { readonly restoreId: string; readonly sourceGeneration: number; readonly keys: StoreKeys },
): Omit<RestoreSpec, "postgres" | "fileSets"> => ({
  restoreId: args.restoreId,
  sourceGeneration: args.sourceGeneration,
  s3: s3Location(site),
  stanza,
  secrets: { ...args.keys, postgresCipher: secrets.postgresCipher, filesCipher: secrets.filesCipher },
});

/** Where a set's database is: its own restore point, or a time between it and the next. @param time ISO 8601 */
export function databaseTarget({ postgres }: ManifestBody, time?: string): Target {
  const lineage = { backupLabel: postgres.backupLabel, timeline: timelineOf(postgres.walFile) };
  return time === undefined
    ? { kind: "restorePoint", name: postgres.restorePoint, ...lineage }
    : { kind: "time", time: new Date(time).toISOString(), ...lineage };
}

/** What one wave of a recovery restores. @param restore and the seeding that it may replace @param sets data folders @throws RunError when the set lacks one of them */
export function restoreSpecOf(
  config: StackConfig,
  restore: RestorePlan & { readonly seed?: string | undefined },
  sets: readonly string[],
  keys: StoreKeys,
): RestoreSpec {
  const { body } = restore.set.manifest;
  const { restoreId, seed, sourceGeneration } = restore;
  return {
    ...restoreBase(config, { restoreId, sourceGeneration, keys }),
    ...(seed === undefined ? {} : { seed }),
    ...(sets.includes("postgres")
      ? {
          postgres: {
            dataDir: postgresPaths.dataDir,
            majorVersion: body.postgres.majorVersion,
            target: databaseTarget(body, config.targetTime),
          },
        }
      : {}),
    fileSets: sets.flatMap((folder) => {
      if (folder === "postgres") return [];
      const set = setOfFolder(folder);
      const found = body.files[set];
      // No service needs it, so a set from before it was kept is no less valid.
      if (!found && folder === previousHostFolder) return [];
      if (!found)
        throw new RunError(
          `backup set ${restore.set.key}: it has no file set ${set}; fix: an earlier set by recovery:targetTime`,
        );
      return [{ name: set, path: setPath(folder), snapshot: found.snapshot }];
    }),
  };
}
