import type { Client } from "ssh2";
import { checkConnection, connect, type Connection } from "./connection";
import { commandResource } from "./command-resource";
import { failure, type Run, type RunResult } from "./run";

/** `command:remote:Command`: runs a command line by SSH. */
export const remoteCommand = commandResource({
  inputs: ["connection"],
  check(inputs) {
    const { connection, failures } = checkConnection(inputs["connection"] ?? {});
    return { inputs: { ...inputs, connection }, failures };
  },
  async run(inputs, run, context) {
    const connection = inputs["connection"] as Connection;
    const client = await connect(connection, run.signal, (message) => context.log("debug", message));
    const cancel = () => client.destroy();
    run.signal.addEventListener("abort", cancel, { once: true });
    try {
      await requireAccepted(client, run.environment);
      return await execute(client, run);
    } catch (error) {
      throw run.signal.aborted ? failure(run, "cancelled") : error;
    } finally {
      run.signal.removeEventListener("abort", cancel);
      client.end();
    }
  },
});

async function execute(client: Client, run: Run): Promise<RunResult> {
  const exit = await exec(client, { ...run, environment: { ...run.offered, ...run.environment } }).catch(
    (error: Error) => {
      throw failure(run, error.message);
    },
  );
  const result = run.output.finish();
  if (exit !== "status 0") throw failure(run, `Process exited with ${exit}`);
  return result;
}

/**
 * Whether sshd takes the environment (its AcceptEnv). The real plugin asks for a reply to each variable; ssh2 cannot, so a
 * shell on the host tells which are missing.
 */
async function requireAccepted(client: Client, environment: Run["environment"]): Promise<void> {
  const names = Object.keys(environment);
  if (names.length === 0) return;
  const odd = names.find((name) => !/^\w+$/.test(name));
  if (odd) throw new Error(`could not set environment variable ${JSON.stringify(odd)}; allowed: letters, digits and _`);
  const missing: Buffer[] = [];
  await exec(client, {
    command: `for name in ${names.join(" ")}; do printenv "$name" >/dev/null || echo "$name"; done`,
    environment,
    output: { write: (_stream, chunk) => missing.push(chunk) },
  });
  if (missing.length > 0) {
    const list = Buffer.concat(missing).toString().trim().replaceAll("\n", ", ");
    throw new Error(
      `could not set environment variable ${list}: the SSH server's AcceptEnv does not allow it; fix: allow it there, or feed the value by "stdin"`,
    );
  }
}

interface Execution {
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly stdin?: string | undefined;
  readonly output: { write(stream: "stdout" | "stderr", chunk: Buffer): void };
}

/**
 * Runs one command line on an open connection.
 * @returns how it ended. @example "status 0", "signal KILL"
 * @throws when the connection is lost before that
 */
function exec(client: Client, { command, environment, stdin = "", output }: Execution): Promise<string> {
  return new Promise((resolve, reject) => {
    client.on("error", (error) => reject(new Error(`connection lost (${error.message})`)));
    client.on("close", () => reject(new Error("connection lost before the command ended")));
    client.exec(command, { env: { ...environment } }, (error, channel) => {
      if (error) return reject(error);
      let exit: string | undefined;
      channel.on("data", (chunk: Buffer) => output.write("stdout", chunk));
      channel.stderr.on("data", (chunk: Buffer) => output.write("stderr", chunk));
      channel.on(
        "exit",
        (code: number | null, signal?: string) => (exit = code === null ? `signal ${signal}` : `status ${code}`),
      );
      channel.on("close", () =>
        exit === undefined ? reject(new Error("the command ended without exit status")) : resolve(exit),
      );
      // A command that does not read its input closes it early: what it does then is told by its exit status.
      channel.on("error", (problem: Error) => output.write("stderr", Buffer.from(`stdin: ${problem.message}\n`)));
      channel.end(stdin);
    });
  });
}
