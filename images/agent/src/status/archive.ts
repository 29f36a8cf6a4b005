import { statfs } from "node:fs/promises";
import type { AgentConfig } from "../../../../contracts/agent";
import { withPostgres } from "../postgres";

/** How PostgreSQL's archiving goes, and what it has left to live on. */
export interface ArchiveFacts {
  /** WAL segments that wait for the store. */
  queueSegments: number;
  /** How long the first of them has waited; 0 when none waits. */
  queueAgeSeconds: number;
  queueBytes: number;
  /** archive_command's failures since the server's statistics began. */
  failures: number;
  /** Of the file system that holds the data folder. */
  diskFreeBytes: number;
}

/** A segment is marked `.ready` when it is full, and `.done` when it is archived: https://www.postgresql.org/docs/15/functions-admin.html */
const query = `
  select count(*)::int as segments,
         coalesce(extract(epoch from clock_timestamp() - min(modification)), 0)::float8 as age,
         pg_size_bytes(current_setting('wal_segment_size'))::float8 as segment_bytes,
         (select failed_count from pg_stat_archiver)::float8 as failures
    from pg_ls_archive_statusdir() where name like '%.ready'`;

export async function archiveFacts({ dataDir, socketDir }: AgentConfig["postgres"]): Promise<ArchiveFacts> {
  const [{ bavail, bsize }, { rows }] = await Promise.all([
    statfs(dataDir),
    withPostgres(socketDir, (client) => client.query(query)),
  ]);
  const { segments, age, segment_bytes, failures } = rows[0];
  return {
    queueSegments: segments,
    queueAgeSeconds: Math.max(0, age),
    queueBytes: segments * segment_bytes,
    failures,
    diskFreeBytes: bavail * bsize,
  };
}
