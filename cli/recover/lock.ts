import { createInterface } from "node:readline";
import { Client } from "ssh2";
import { connectOptions, type SshHost } from "../../components/host/ssh";
import { quote } from "../../components/host/scripts";

const file = "/run/lock/smarteros-recover.lock";
/** flock's answer when somebody else has it. */
const taken = 75;

/** Somebody else recovers on this host. */
export class HostLocked extends Error {}

/**
 * Keeps every other recovery off a host for as long as this process lives: the host's kernel lets go of the lock when the connection ends.
 * @param holder what others are told
 * @returns lets go of it
 * @throws HostLocked with what its holder said
 */
export function lockHost(host: SshHost, holder: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const hold = `echo "$1" > ${file}.holder; echo locked; exec cat >/dev/null`;
    const script = `flock --nonblock --conflict-exit-code ${taken} ${file} sh -c ${quote(hold)} sh ${quote(holder)} || { code=$?; [ $code -ne ${taken} ] || cat ${file}.holder; exit $code; }`;
    client
      .on("ready", () => {
        client.exec(script, (error, stream) => {
          if (error) return reject(error);
          const lines: string[] = [];
          createInterface({ input: stream }).on("line", (line) => {
            lines.push(line);
            if (line === "locked")
              resolve(() => {
                stream.end();
                client.end();
              });
          });
          let said = "";
          stream.stderr.on("data", (d: Buffer) => (said += d.toString()));
          stream.on("close", (code: number | null) => {
            client.end();
            reject(
              code === taken
                ? new HostLocked(lines.join(" "))
                : new Error(`${host.host}: ${said.trim() || `no lock (${code})`}`),
            );
          });
        });
      })
      .on("error", reject)
      .on("close", () => reject(new Error(`${host.host}: the connection was closed before the lock was had`)))
      .connect(connectOptions(host));
  });
}
