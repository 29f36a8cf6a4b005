import { manifestKey } from "../../contracts/generation";
import type { ManifestBody } from "../../contracts/manifest";
import type { Held } from "../../contracts/ransomware";
import { newestManifests, searchSets, withStore, type ChosenSet } from "../../stacks/backup-store";
import type { StackConfig } from "../../stacks/config";
import { SetInspector } from "../../stacks/damage";
import { holdsOf } from "../../stacks/holds";

/** Manifests that are read at most in search of a valid one. */
const depth = 50;

/** The newest valid set of a site's own generation, of a time or before it. @param at ISO 8601 @throws the store's error */
export async function chooseOwnSet({ site, secrets, aws }: StackConfig, at?: string): Promise<ChosenSet | undefined> {
  const { generation, backups } = site;
  const last = at === undefined ? undefined : manifestKey(generation, at);
  const passwords = { postgres: secrets.postgresCipher, files: secrets.filesCipher };
  return withStore(aws, async (s3) => {
    const all = await newestManifests(s3, backups.bucket, generation);
    const keys = all.filter((key) => last === undefined || key <= last);
    const inspector = new SetInspector(s3, backups.bucket, generation);
    const damageOf = (body: ManifestBody) => inspector.damageOf(body);
    return (await searchSets(s3, backups.bucket, { keys, passwords, generation, targetTime: at, depth, damageOf })).chosen;
  });
}

/** What of a site's own backups looks encrypted, and was not released. @throws the store's error */
export const ownHolds = ({ site, aws }: StackConfig): Promise<Held[]> =>
  withStore(aws, (s3) => holdsOf(s3, site.backups.bucket, site.generation));
