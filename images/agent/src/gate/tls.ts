import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { rootCertificates, type TLSSocket } from "node:tls";
import type { GateSpec } from "../../../../contracts/gate";
import { type Check, requestSeconds } from "./check";

/** A certificate that is about to end would fail right after the move. */
const minimumHours = 24;

/** The proxy serves each public name with a certificate that a client would accept, before DNS points there. */
export function tlsChecks({ tls }: GateSpec): Check[] {
  return tls.names.map((name) => ({ name: `tls ${name}`, look: () => lookAt(tls, name) }));
}

async function lookAt({ connectTo, port, caPem, caFile }: GateSpec["tls"], name: string): Promise<string> {
  const authorities = [caPem, caFile && (await readFile(caFile, "utf8"))].flatMap((pem) => pem || []);
  const { status, expires } = await get(name, connectTo, port, authorities);
  const hours = (expires.getTime() - Date.now()) / 3_600_000;
  if (hours < minimumHours)
    throw new Error(
      `certificate of ${name} ends in ${hours.toFixed(1)} h (${expires.toISOString()}); at least: ${minimumHours} h`,
    );
  if (status >= 500) throw new Error(`GET https://${name}/ at ${connectTo}:${port} answered ${status}`);
  return `valid certificate until ${expires.toISOString()}; GET https://${name}/ at ${connectTo}:${port} answered ${status}`;
}

/** Node itself checks the chain and the name, and fails the request when either does not hold. */
function get(
  name: string,
  connectTo: string,
  port: number,
  authorities: string[],
): Promise<{ status: number; expires: Date }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: connectTo,
        port,
        servername: name,
        headers: { host: name },
        path: "/",
        agent: false,
        ca: authorities.length === 0 ? undefined : [...rootCertificates, ...authorities],
        timeout: requestSeconds * 1000,
      },
      (response) => {
        const { valid_to } = (response.socket as TLSSocket).getPeerCertificate();
        response.resume();
        resolve({ status: response.statusCode ?? 0, expires: new Date(valid_to) });
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`no answer in ${requestSeconds} s`)));
    asked.on("error", (error) => reject(new Error(`https://${name}/ at ${connectTo}:${port}`, { cause: error })));
    asked.end();
  });
}
