import { once } from "node:events";
import { readFile } from "node:fs/promises";
import http, { type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import type { Pki } from "./pki";

export interface TlsFrontArgs {
  /** Addresses to listen on; each must exist already. */
  readonly hostnames: readonly string[];
  /** 0 takes a free one, the same on every address. */
  readonly port: number;
  readonly pki: Pick<Pki, "certFile" | "keyFile">;
  readonly handler: RequestListener;
}

export interface TlsFront {
  readonly port: number;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/** Terminates TLS on several addresses for one handler. Listens when it returns; rejects when an address is taken or missing. */
export async function startTlsFront({ hostnames, port, pki, handler }: TlsFrontArgs): Promise<TlsFront> {
  const [cert, key] = await Promise.all([readFile(pki.certFile), readFile(pki.keyFile)]);
  const servers: https.Server[] = [];
  const close = async () => {
    await Promise.all(
      servers.map(async (server) => {
        const closed = once(server, "close");
        server.close();
        server.closeAllConnections();
        await closed;
      }),
    );
  };
  try {
    for (const hostname of hostnames) {
      // requestTimeout bounds the time to receive a whole request, which a large upload may rightly exceed.
      const server = https.createServer({ cert, key, requestTimeout: 0, highWaterMark: streamBytes }, handler);
      server.listen(port, hostname);
      await once(server, "listening");
      servers.push(server);
      port = (server.address() as AddressInfo).port;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { port, close };
}

const streamBytes = 256 * 1024;

/** Headers that belong to one connection and not to the message (RFC 9110, 7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "proxy-connection", "te", "upgrade", "expect"]);

/** Raw headers (name, value, name, value, ...) without the connection's own. */
export function endToEnd(raw: readonly string[]): string[] {
  return raw.filter((_, i) => !hopByHop.has(raw[i - (i % 2)]!.toLowerCase()));
}

/** A server behind us, on a Unix socket. */
export interface Upstream {
  readonly socketPath: string;
  /** It speaks TLS, with a certificate for "localhost" of this CA (PEM). @default it speaks plain HTTP */
  readonly ca?: string;
}

/**
 * Connections to the servers behind us are kept: one that closes right after its response may do so before Node has ended the
 * request, and then the response is lost (EPIPE). None of them closes an idle connection.
 */
const plain = new http.Agent({ keepAlive: true });
const encrypted = new https.Agent({ keepAlive: true });

/**
 * Passes a request on. Method, path, Host and every header arrive byte for byte as the client sent them, for they
 * are signed (SigV4): proxy libraries tidy up the path. `body` replaces the request's stream when it was read already.
 */
export function forward(to: Upstream, request: IncomingMessage, body?: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const upstream = (to.ca ? https : http).request({
      ...to,
      servername: "localhost",
      method: request.method,
      path: request.url,
      headers: endToEnd(request.rawHeaders) as never,
      setHost: false,
      agent: to.ca ? encrypted : plain,
    });
    upstream.once("response", resolve);
    upstream.once("error", reject);
    if (body) {
      upstream.end(body);
    } else {
      // Not `pipeline`: it destroys the upstream request when the body ends, and the response is lost.
      request.pipe(upstream);
      request.once("close", () => {
        if (!request.complete) upstream.destroy(new Error("the client went away in the middle of its request"));
      });
    }
  });
}

/** Sends an upstream's response to the client, as it is. */
export async function relay(upstream: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(upstream.statusCode!, endToEnd(upstream.rawHeaders) as never);
  await pipeline(upstream, response);
}

/** A handler that passes everything on to a plain Unix socket. */
export const proxyTo = (socketPath: string) =>
  answerFailures(async (request, response) => relay(await forward({ socketPath }, request), response));

/** Wraps an asynchronous handler: a failure answers 503 with its reason, or cuts a response that has begun. */
export function answerFailures(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RequestListener {
  return (request, response) => {
    handler(request, response).catch((error: Error) => {
      if (response.headersSent) response.destroy(error);
      else
        response
          .writeHead(503, { "content-type": "text/plain", connection: "close" })
          .end(`local cloud: ${error.message}\n`);
    });
  };
}
