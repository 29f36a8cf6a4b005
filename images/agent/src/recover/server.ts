import { access, chown, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { pgdata } from "../../../../contracts/pgbackrest";
import { command } from "../command";
import type { Log } from "../log";
import { postgresIds } from "../restore/postgres-ids";
import { waitFor } from "../wait";

/** Seconds without an end: how long a replay takes is the amount of WAL; who waits may kill this process. */
const replaySeconds = 24 * 3600;
/** Lines of the server's log that are told when it ends early. */
const logLines = 12;

export interface ServerArgs {
  /** The mounted data folder. */
  readonly dataDir: string;
  /** The restore that the folder must hold. */
  readonly restoreId: string;
  /** The server's own: socket, configuration, state. */
  readonly serverDir: string;
  /** The image's entrypoint. */
  readonly entrypoint: string;
  /** Its sessions only read. @default false */
  readonly readOnly?: boolean;
  readonly log: Log;
}

/**
 * A PostgreSQL that nobody else reaches: no port, a socket of its own, and nothing archived. What it would have archived waits in the
 * data folder for the server that goes on with it.
 */
export class PrivateServer {
  private constructor(
    private readonly ended: Promise<unknown>,
    private readonly data: string,
    readonly socketDir: string,
  ) {}

  /** Starts it and waits until it has replayed all WAL to the target and takes connections. @throws with its last lines when it ends */
  static async start({ dataDir, restoreId, serverDir, entrypoint, readOnly, log }: ServerArgs): Promise<PrivateServer> {
    const { child, last, reading, socketDir, state } = await spawnServer(
      { dataDir, serverDir, entrypoint, log },
      { SMARTEROS_EXPECT_RESTORED: restoreId, SMARTEROS_READ_ONLY: readOnly ? "on" : "off" },
    );
    const server = new PrivateServer(child, pgdata(dataDir), socketDir);
    await waitFor("the restored cluster to end its recovery", replaySeconds, async () => {
      if (child.exitCode === null && child.signalCode === null) return isThere(join(state, "roles-done"));
      await reading;
      throw new Error(`the restored cluster did not start: ${last.join(" | ")}`);
    });
    return server;
  }

  /** Ends it with all of its data on disk. */
  async stop(): Promise<void> {
    await command("setpriv", [...asPostgres, "pg_ctl", "stop", "--pgdata", this.data, "--mode=fast", "--timeout=3600"]);
    await this.ended;
    await command("sync", ["--file-system", this.data]);
  }
}

/**
 * Replays WAL to the target that the folder's own settings say, where the server stops by itself; it can go on from there. Nobody reaches it.
 * @throws with its last lines when it does not get there
 */
export async function replay(args: Pick<ServerArgs, "dataDir" | "serverDir" | "entrypoint" | "log">): Promise<void> {
  const { child, last, reading } = await spawnServer(args, {});
  const { exitCode } = await child;
  await reading;
  const reached = last.some((line) => line.includes("shutdown at recovery target"));
  if (exitCode !== 0 || !reached) throw new Error(`the cluster was not replayed to its target: ${last.join(" | ")}`);
  await command("sync", ["--file-system", pgdata(args.dataDir)]);
}

/** The image's entrypoint on a data folder, with what it needs in memory; nothing is archived. Its newest lines are kept. */
async function spawnServer(
  { dataDir, serverDir, entrypoint, log }: Pick<ServerArgs, "dataDir" | "serverDir" | "entrypoint" | "log">,
  env: Readonly<Record<string, string>>,
) {
  const [socketDir, conf, state] = await Promise.all(
    ["socket", "conf", "state"].map((name) => ownFolder(serverDir, name)),
  );
  const child = execa("setpriv", [...asPostgres, entrypoint], {
    env: {
      PGDATA: pgdata(dataDir),
      SMARTEROS_HOLD_WAL: "1",
      SMARTEROS_LISTEN_ADDRESSES: "",
      SMARTEROS_SOCKET_DIR: socketDir!,
      SMARTEROS_CONF_DIR: conf!,
      SMARTEROS_STATE_DIR: state!,
      SMARTEROS_ROLES: join(serverDir, "no-roles"),
      ...env,
    },
    stdin: "ignore",
    all: true,
    reject: false,
    buffer: false,
  });
  const last: string[] = [];
  const reading = (async () => {
    for await (const line of child.iterable({ from: "all" })) {
      last.push(line);
      if (last.length > logLines) last.shift();
      log.info("postgres", { line });
    }
  })();
  return { child, last, reading, socketDir: socketDir!, state: state! };
}

const isThere = (file: string): Promise<true | undefined> =>
  access(file).then(
    () => true as const,
    () => undefined,
  );

const asPostgres = ["--reuid=postgres", "--regid=postgres", "--clear-groups"];

/** A folder for the server's user; begun anew. */
async function ownFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, gid } = await postgresIds();
  for (const path of [parent, folder]) await chown(path, uid, gid);
  return folder;
}
