import { createInterface } from "node:readline";
import { Client, type ConnectConfig } from "ssh2";

/** A host that is known by its key. */
export interface SshHost {
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
  readonly user?: string;
  readonly privateKey?: string;
  /** "ssh-ed25519 AAAA..."; another one stops the connection. */
  readonly hostKey?: string;
}

export interface RunOptions {
  /** Milliseconds for all of it, of which half are the connection's. @default none; the connection has 20 s */
  readonly deadline?: number;
  /** What the script reads; without it the script itself travels on stdin, so that nothing of it is seen in a process list. */
  readonly input?: string;
  /** Each line of stderr as it comes. */
  readonly onLine?: (line: string) => void;
  /** Ends the connection; the script is then told by its closed output at most. */
  readonly signal?: AbortSignal;
}

/** A script that did not end with 0. */
export class ScriptFailed extends Error {
  constructor(
    host: string,
    readonly exitCode: number | null,
    readonly stdout: string,
    readonly stderr: string,
  ) {
    super(`${host}: ${stderr.trim() || `the script ended with ${exitCode}`}`);
  }
}

/** Runs a script by `sh` on a host with a pinned key. @throws ScriptFailed with the script's own message when it fails */
export function runOverSsh(connection: SshHost, script: string, options: RunOptions = {}): Promise<string> {
  const { deadline, input, onLine, signal } = options;
  return new Promise((resolve, reject) => {
    const client = new Client();
    const giveUp = (reason: unknown) => {
      client.destroy();
      reject(reason);
    };
    const stop = () => giveUp(signal?.reason);
    if (signal?.aborted) return stop();
    signal?.addEventListener("abort", stop, { once: true });
    const late = () => giveUp(new Error(`${connection.host}: the script had not ended after ${deadline! / 1_000} s`));
    const timer = deadline === undefined ? undefined : setTimeout(late, deadline);
    client.on("close", () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      // A peer that takes a connection and closes it is no error to ssh2. (After the script's end this is of no effect.)
      reject(new Error(`${connection.host}: the connection was closed before the script had ended`));
    });
    client
      .on("ready", () => {
        client.exec(input === undefined ? "sh -s" : script, (error, stream) => {
          if (error) return reject(error);
          let out = "";
          let err = "";
          stream.on("data", (d: Buffer) => (out += d.toString()));
          stream.stderr.on("data", (d: Buffer) => (err += d.toString()));
          if (onLine) createInterface({ input: stream.stderr }).on("line", onLine);
          stream.on("close", (code: number | null) => {
            client.end();
            if (code === 0) resolve(out);
            else reject(new ScriptFailed(connection.host, code, out, err));
          });
          stream.end(input ?? script);
        });
      })
      .on("error", reject)
      .connect({ ...connectOptions(connection), ...(deadline === undefined ? {} : { readyTimeout: deadline / 2 }) });
  });
}

/** What ssh2 is told. */
export function connectOptions(connection: SshHost): ConnectConfig {
  const pinned = Buffer.from(connection.hostKey?.split(" ")[1] ?? "", "base64");
  return {
    host: connection.host,
    port: connection.port ?? 22,
    username: connection.user ?? "root",
    ...(connection.privateKey === undefined ? {} : { privateKey: connection.privateKey }),
    readyTimeout: 20_000,
    hostVerifier: (key: Buffer) => pinned.length > 0 && key.equals(pinned),
  };
}
