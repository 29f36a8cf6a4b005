import { manifestKey } from "../../contracts/generation";
import type { CipherPasswords } from "../../contracts/manifest";
import { chooseSet, newestManifests, readText, s3Client, type ChosenSet } from "../../stacks/backup-store";
import type { StackConfig } from "../../stacks/config";

/** Manifests that are read at most in search of a valid one. */
const depth = 50;

const passwordsOf = ({ secrets }: StackConfig): CipherPasswords => ({
  postgres: secrets.postgresCipher,
  files: secrets.filesCipher,
});

/** The newest valid set of a site's own generation, of a time or before it. @param at ISO 8601 @throws the store's error */
export async function chooseOwnSet(config: StackConfig, at?: string): Promise<ChosenSet | undefined> {
  const { bucket } = config.site.backups;
  const { generation } = config.site;
  const s3 = s3Client(config.aws);
  try {
    const last = at === undefined ? undefined : manifestKey(generation, at);
    const keys = (await newestManifests(s3, bucket, generation)).filter((key) => last === undefined || key <= last);
    const skipped: { key: string; reason: string }[] = [];
    for (const key of keys.slice(0, depth)) {
      const text = (await readText(s3, bucket, key)) ?? "";
      const { chosen, rejected } = chooseSet([{ key, text }], passwordsOf(config), generation, at);
      skipped.push(...rejected);
      if (chosen) return { ...chosen, skipped };
    }
    return undefined;
  } finally {
    s3.destroy();
  }
}
