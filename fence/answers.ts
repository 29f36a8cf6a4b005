import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { fencePorts, type Answer, type FencePort } from "../contracts/fence";

/**
 * Asks a host on the ports of a site. An open port is no answer (load balancers and proxies accept for a dead host): the protocol must be
 * spoken.
 * @param seconds for each port; all are asked at once
 */
export async function answersOf(address: string, domain: string, seconds: number): Promise<Answer[]> {
  const asked = Object.keys(fencePorts) as FencePort[];
  const all = await Promise.all(asked.map((port) => speaks(address, port, domain, seconds)));
  return asked.flatMap((port, i) => (all[i] ? [{ address, port }] : []));
}

function speaks(host: string, port: FencePort, domain: string, seconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const at = { host, port: fencePorts[port] };
    const end = (answered: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => end(false), seconds * 1_000);
    const socket =
      port === "https"
        ? // Whoever's certificate it is: what serves in the site's place must be known.
          connectTls({ ...at, servername: domain, rejectUnauthorized: false }, () => end(true))
        : connect(
            at,
            () =>
              void (port === "http" && socket.write(`HEAD / HTTP/1.1\r\nHost: ${domain}\r\nConnection: close\r\n\r\n`)),
          );
    socket
      .once("data", () => end(true))
      // An alert of the peer's TLS is an answer too.
      .once("error", (error: NodeJS.ErrnoException) => end(error.code?.startsWith("ERR_SSL_") === true))
      .once("close", () => end(false));
  });
}
