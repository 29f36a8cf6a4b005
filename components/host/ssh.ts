import { Client } from "ssh2";

/** A host that is known by its key. */
export interface SshHost {
  readonly host: string;
  readonly user?: string;
  readonly privateKey?: string;
  /** "ssh-ed25519 AAAA..."; another one stops the connection. */
  readonly hostKey?: string;
}

/**
 * Runs a script by `sh` on a host with a pinned key.
 * @param deadline milliseconds for all of it, of which half are the connection's. @default none; the connection has 20 s
 * @throws Error with the script's own message when it fails.
 */
export function runOverSsh(connection: SshHost, script: string, deadline?: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const late = () => {
      client.destroy();
      reject(new Error(`${connection.host}: the script had not ended after ${deadline! / 1_000} s`));
    };
    const timer = deadline === undefined ? undefined : setTimeout(late, deadline);
    client.on("close", () => clearTimeout(timer));
    const pinned = Buffer.from(connection.hostKey?.split(" ")[1] ?? "", "base64");
    client
      .on("ready", () => {
        client.exec("sh -s", (error, stream) => {
          if (error) return reject(error);
          let out = "";
          let err = "";
          stream.on("data", (d: Buffer) => (out += d.toString()));
          stream.stderr.on("data", (d: Buffer) => (err += d.toString()));
          stream.on("close", (code: number | null) => {
            client.end();
            if (code === 0) resolve(out);
            else reject(new Error(`${connection.host}: ${err.trim() || `the script ended with ${code}`}`));
          });
          stream.end(script);
        });
      })
      .on("error", reject)
      .connect({
        host: connection.host,
        username: connection.user ?? "root",
        privateKey: connection.privateKey,
        readyTimeout: deadline === undefined ? 20_000 : deadline / 2,
        hostVerifier: (key: Buffer) => pinned.length > 0 && key.equals(pinned),
      });
  });
}
