import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RestoreSpec } from "../../../../contracts/agent";
import { pgbackrestConf } from "../../../../contracts/pgbackrest";
import { command } from "../command";
import { postgresIds } from "./postgres-ids";

/**
 * pgBackRest's configuration for a server of the agent's own, which fetches WAL while it replays: in a folder that only its user enters.
 * @returns the file
 */
export async function writeSourceConf(spec: RestoreSpec, dataDir: string, serverDir: string): Promise<string> {
  const { uid, gid } = await postgresIds();
  const folders = { lockDir: join(serverDir, "lock"), spoolDir: join(serverDir, "spool") };
  for (const folder of [serverDir, ...Object.values(folders)]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const caFile = join(serverDir, "ca.pem");
  const file = join(serverDir, "source.conf");
  const text = pgbackrestConf({
    s3: spec.s3,
    generation: spec.sourceGeneration,
    stanza: spec.stanza,
    dataDir,
    credentials: spec.secrets,
    cipher: spec.secrets.postgresCipher,
    use: "source",
    caFile,
    ...folders,
  });
  if (spec.s3.caPem !== undefined) await writeFile(caFile, spec.s3.caPem, { mode: 0o600 });
  await writeFile(file, text, { mode: 0o600 });
  await command("chown", ["-R", `${uid}:${gid}`, serverDir]);
  return file;
}
