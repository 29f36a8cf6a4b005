import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreSpec } from "../../../../contracts/agent";
import { sha256OfKey } from "../../../../contracts/generation";
import { command } from "../command";
import type { Store } from "../store";
import type { Part } from "./part";

/** A set that is one object: Vault's (`vault-set.ts`). Its content must be what its name, which the manifest signs, says. */
export function objectPart(set: RestoreSpec["fileSets"][number], openStore: () => Store, runDir: string): Part {
  return {
    module: set.name,
    folder: set.path,
    async restore() {
      const content = await download(set.snapshot, openStore());
      const sha256 = createHash("sha256").update(content).digest("hex");
      if (sha256 !== sha256OfKey(set.snapshot)) {
        throw new Error(
          `${set.snapshot}: its content has the checksum ${sha256}, so it is not what was backed up; fix: restore an earlier set by recovery:targetTime`,
        );
      }
      await unpack(content, set.path, runDir);
      await command("sync", ["--file-system", set.path]);
      const files = (await readdir(set.path)).filter((name) => !name.startsWith(".smarteros-")).length;
      return { files, bytes: content.length, detail: `${set.snapshot} in ${set.path}` };
    },
  };
}

async function download(key: string, store: Store): Promise<Uint8Array> {
  try {
    return await store.get(key);
  } finally {
    store.close();
  }
}

async function unpack(content: Uint8Array, folder: string, runDir: string): Promise<void> {
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const temporary = await mkdtemp(join(runDir, "object-"));
  try {
    const archive = join(temporary, "set.tar");
    await writeFile(archive, content, { mode: 0o600 });
    await command("tar", ["-xf", archive, "-C", folder, "--no-same-owner"]);
  } finally {
    await rm(temporary, { recursive: true });
  }
}
