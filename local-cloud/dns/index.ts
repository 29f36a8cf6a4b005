import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { addresses } from "../addresses";
import { ownZoneFor, type View } from "./names";
import { respond } from "./respond";
import type { ZoneData } from "./zone";

export interface DnsListener {
  readonly address: string;
  /** @default addresses.dns.port. 0 takes a free one. */
  readonly port?: number;
  /** Which addresses the local cloud's own names have for whoever asks here. */
  readonly view: View;
}

export interface DnsArgs {
  /** UDP and TCP are served on each. @default the front's address for the operator, the bridge's gateway for the hosts */
  readonly listeners?: readonly DnsListener[];
  /** The public zones as they are at that moment: asked at every question. */
  readonly zones: () => readonly ZoneData[];
}

export interface DnsServer {
  /** Where it listens, in the order of `listeners`. */
  readonly endpoints: readonly { readonly address: string; readonly port: number; readonly view: View }[];
  close(): Promise<void>;
}

const defaultListeners: readonly DnsListener[] = [
  { address: addresses.front, view: "operator" },
  { address: addresses.bridgeGateway, view: "host" },
];

/**
 * Starts the DNS server: it answers with authority for the given zones and for the local cloud's own names, and refuses everything
 * else. It listens on all listeners, over UDP and TCP, when this returns; it rejects when an address is taken or not there.
 */
export async function start({ listeners = defaultListeners, zones }: DnsArgs): Promise<DnsServer> {
  const opened: Awaited<ReturnType<typeof open>>[] = [];
  const close = async () => {
    await Promise.all(opened.map((listener) => listener.close()));
  };
  try {
    for (const listener of listeners) opened.push(await open(listener, () => [...zones(), ownZoneFor(listener.view)]));
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoints: opened.map(({ address, port, view }) => ({ address, port, view })), close };
}

async function open({ address, port = addresses.dns.port, view }: DnsListener, zones: () => readonly ZoneData[]) {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
    serveStream(socket, zones);
  });
  tcp.listen(port, address);
  await once(tcp, "listening");
  const bound = (tcp.address() as { port: number }).port;

  const udp = createSocket(address.includes(":") ? "udp6" : "udp4");
  udp.on("message", (message, from) => {
    const response = respond(message, zones(), "udp");
    if (response) udp.send(response, from.port, from.address);
  });
  const close = async () => {
    for (const socket of connections) socket.destroy();
    await new Promise<void>((resolve) => tcp.close(() => resolve()));
  };
  try {
    udp.bind(bound, address);
    await once(udp, "listening");
  } catch (error) {
    await close();
    throw error;
  }
  udp.on("error", (error) => console.error(`dns server ${address}:${bound}/udp:`, error));
  return {
    address,
    port: bound,
    view,
    close: async () => {
      await new Promise<void>((resolve) => udp.close(() => resolve()));
      await close();
    },
  };
}

/** Messages over TCP carry their length in front, and several may follow each other (RFC 7766). */
function serveStream(socket: Socket, zones: () => readonly ZoneData[]): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on("error", () => socket.destroy()); // the client went away: nobody is left to be told
  socket.on("data", (chunk) => {
    pending = Buffer.concat([pending, chunk as Buffer]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const response = respond(pending.subarray(2, end), zones(), "tcp");
      pending = pending.subarray(end);
      if (response) socket.write(Buffer.concat([lengthOf(response), response]));
    }
  });
}

function lengthOf(message: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return length;
}
