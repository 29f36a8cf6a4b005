import pRetry from "p-retry";
import { Pool, type ClientBase, type PoolClient, type PoolConfig } from "pg";
import { check, describe, type Check } from "./role";

/** Seconds in which the database must take the first connection; then the process exits, and Docker's restart policy decides. */
const startDeadlineSeconds = 60;
/** Milliseconds for one statement: a health check must not hang behind a stuck database. */
const statementTimeoutMs = 10_000;

/** A role's database: its tables exist once `openDatabase` has resolved. */
export interface Database {
  readonly pool: Pool;
  check(): Promise<Check>;
  /** Runs `work` in one transaction; resolves after the commit, which PostgreSQL has synced to disk by then. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects, with backoff until the named deadline, and creates the tables that are missing.
 * @param schema SQL that may run at every start (CREATE ... IF NOT EXISTS)
 * @param deadlineSeconds see `startDeadlineSeconds`
 */
export async function openDatabase(
  config: PoolConfig,
  schema: string,
  deadlineSeconds = startDeadlineSeconds,
): Promise<Database> {
  const pool = new Pool({
    max: 8,
    connectionTimeoutMillis: 3_000,
    statement_timeout: statementTimeoutMs,
    query_timeout: statementTimeoutMs,
    ...config,
  });
  // An idle connection that breaks is replaced at the next query, which reports what is wrong: here it is only noted.
  pool.on("error", (error) => console.error(`database: connection lost: ${describe(error)}`));
  try {
    await pRetry(() => createTables(pool, schema), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 100,
      maxTimeout: 1_000,
      maxRetryTime: deadlineSeconds * 1_000,
      onFailedAttempt: ({ attemptNumber, error }) => {
        if (attemptNumber % 5 === 1) console.error(`database: not ready: ${describe(error)}`);
      },
    });
  } catch (error) {
    await pool.end();
    throw new Error(
      `database: no usable connection in ${deadlineSeconds} s; fix: check that PostgreSQL runs and has this role and database`,
      { cause: error },
    );
  }
  return {
    pool,
    check: () =>
      check("database", async () => {
        const { rows } = await pool.query<{ name: string; recovering: boolean }>(
          "SELECT current_database() AS name, pg_is_in_recovery() AS recovering",
        );
        if (rows[0]?.recovering) throw new Error("PostgreSQL is still in recovery: nothing can be written");
        return `connected to ${rows[0]?.name}`;
      }),
    transaction: (work) => transaction(pool, work),
    close: () => pool.end(),
  };
}

/** Two replicas may start at once, and CREATE ... IF NOT EXISTS is no protection against that: a lock is. */
async function createTables(pool: Pool, schema: string): Promise<void> {
  await transaction(pool, async (client) => {
    await client.query("SELECT pg_advisory_xact_lock(hashtext('create tables'))");
    await client.query(schema);
  });
}

async function transaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // Closing the connection rolls back as well, and works when the connection itself is what failed.
    client.release(true);
    throw error;
  }
}

/** Inserts rows of one shape by one statement; rows that are there already (by any unique key) stay as they are. */
export async function insertRows(client: Pool | ClientBase, table: string, rows: readonly object[]): Promise<void> {
  if (rows[0] === undefined) return;
  const columns = Object.keys(rows[0]).join(", ");
  await client.query(
    `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1) ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/** Rows in each of the named tables. */
export async function countRows(pool: Pool, tables: readonly string[]): Promise<Record<string, number>> {
  const counts = await Promise.all(
    tables.map(async (table) => {
      const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      return [table, rows[0]?.n ?? 0] as const;
    }),
  );
  return Object.fromEntries(counts);
}
