import { Client } from "pg";
import { waitFor } from "./wait";

const connectSeconds = 10;
const statementSeconds = 30;

/** A connection as the superuser by the socket's folder (peer: root is mapped, see images/postgres). */
export async function withPostgres<T>(socketDir: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: socketDir,
    user: "postgres",
    database: "postgres",
    application_name: "smarteros-agent",
    connectionTimeoutMillis: connectSeconds * 1000,
    statement_timeout: statementSeconds * 1000,
  });
  // A server that goes away between two queries is reported by the next query: without a listener it would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    throw new Error(`PostgreSQL cannot be reached by its socket in ${socketDir}`, { cause: error });
  }
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

export interface RestorePoint {
  name: string;
  /** Taken just before the restore point: everything committed until then comes back with it. */
  at: Date;
  lsn: string;
  /** The WAL segment that holds it. */
  walFile: string;
  /** The last segment that must be archived for a restore of this point, by name or by time. */
  lastWalFile: string;
}

/**
 * Makes a named restore point and begins a new WAL segment, so that the point's segment is archived now.
 * The empty transaction between the two is for restores by time: recovery stops only at a commit after the
 * target, so there must be one in the archive after `at` even when nobody writes.
 */
export async function createRestorePoint(client: Client, name: string): Promise<RestorePoint> {
  const one = async (sql: string, values: unknown[] = []) => (await client.query(sql, values)).rows[0];
  const point = await one("select clock_timestamp() as at, pg_create_restore_point($1)::text as lsn", [name]);
  await one("select pg_current_xact_id()");
  const last = await one("select pg_walfile_name(pg_switch_wal()) as file");
  const { file } = await one("select pg_walfile_name($1) as file", [point.lsn]);
  return { name, at: point.at, lsn: point.lsn, walFile: file, lastWalFile: last.file };
}

/** @throws after `seconds`, with what the archiver last archived and last failed at */
export async function waitUntilArchived(
  client: Client,
  walFile: string,
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  let last: Record<string, unknown> = {};
  await waitFor(
    `WAL segment ${walFile} to be archived`,
    seconds,
    async () => {
      signal?.throwIfAborted();
      const { rows } = await client.query(
        `select last_archived_wal, last_failed_wal, last_failed_time,
                coalesce(last_archived_wal ~ '^[0-9A-F]{24}' and left(last_archived_wal, 24) >= $1, false)
                or exists (select from pg_ls_archive_statusdir() where name = $1 || '.done') as archived
           from pg_stat_archiver`,
        [walFile],
      );
      last = rows[0];
      return last["archived"] === true ? true : undefined;
    },
    {
      state: () =>
        `archived last: ${last["last_archived_wal"] ?? "nothing"}, failed last: ${last["last_failed_wal"] ?? "nothing"}; ` +
        `fix: read PostgreSQL's log for archive_command's error`,
    },
  );
}

export interface ClusterFacts {
  majorVersion: number;
  version: string;
  databaseBytes: number;
  /** WAL generated since the server's statistics began. */
  walBytes: number;
}

export async function clusterFacts(client: Client): Promise<ClusterFacts> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_version') as version,
            (select sum(pg_database_size(oid)) from pg_database)::text as bytes, (select wal_bytes from pg_stat_wal)::text as wal`,
  );
  const { major, version, bytes, wal } = rows[0];
  return { majorVersion: major, version, databaseBytes: Number(bytes), walBytes: Number(wal) };
}
