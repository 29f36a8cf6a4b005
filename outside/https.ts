import { once } from "node:events";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import type { Site } from "./site";
import { within } from "./within";

/** One HTTPS exchange. */
export interface Exchange {
  readonly host: string;
  readonly path: string;
  /** Sent as JSON by POST. Unset: GET. */
  readonly body?: object;
  /** Milliseconds for the whole exchange, name resolution included. @default 5000 */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  /** Parsed when it is JSON, else the text. */
  readonly body: unknown;
  /** Address that was connected to. */
  readonly address: string;
  /** The certificate that was served and verified, as far as the site's authority is known. */
  readonly certificate: { readonly subject: string; readonly issuer: string; readonly validTo: string };
}

/** Asks the site as its users do: DNS, then TLS with a certificate that must hold for the name, then HTTP. */
export type AskSite = (exchange: Exchange) => Promise<Answer>;

/** Each exchange has a connection of its own: one that is kept open would hide that DNS has moved. */
export function askSite(site: Site): AskSite {
  return ({ timeoutMs = 5_000, ...exchange }) =>
    within(timeoutMs / 1_000, (signal) => exchangeWith(site, exchange, signal));
}

async function exchangeWith(site: Site, { host, path, body }: Exchange, signal: AbortSignal): Promise<Answer> {
  const address = await site.resolve(host);
  const outgoing = request({
    host: address,
    port: 443,
    servername: host,
    path,
    method: body ? "POST" : "GET",
    headers: {
      Host: host,
      ...(site.token && { Authorization: `Bearer ${site.token}` }),
      ...(body && { "Content-Type": "application/json" }),
    },
    ...trust(site.ca),
    agent: new Agent({ keepAlive: false }),
    signal,
  });
  outgoing.end(body && JSON.stringify(body));
  const [response] = await once(outgoing, "response");
  const certificate = (response.socket as TLSSocket).getPeerCertificate();
  if (site.ca === "unknown") checkWithoutAuthority(host, certificate);
  const { subject, issuer, valid_to } = certificate;
  return {
    status: response.statusCode,
    body: parse(await text(response)),
    address,
    certificate: { subject: name(subject) ?? host, issuer: name(issuer) ?? "unknown", validTo: valid_to },
  };
}

const trust = (ca: Site["ca"]) => (ca === "public" ? {} : ca === "unknown" ? { rejectUnauthorized: false } : { ca });

/** What can be checked of a certificate whose authority is not at hand. @throws when it is not for this host, or not valid now */
function checkWithoutAuthority(host: string, certificate: PeerCertificate): void {
  const wrongName = checkServerIdentity(host, certificate);
  if (wrongName) throw wrongName;
  const now = Date.now();
  if (now < Date.parse(certificate.valid_from) || now > Date.parse(certificate.valid_to))
    throw new Error(`${host}: certificate valid from ${certificate.valid_from} to ${certificate.valid_to}`);
}

/** Like `ask`, and @throws on any status but 2xx, with what was answered. */
export async function askOk(ask: AskSite, exchange: Exchange): Promise<unknown> {
  const { status, body } = await ask(exchange);
  if (status < 200 || status > 299) {
    throw new Error(`https://${exchange.host}${exchange.path}: HTTP ${status} ${JSON.stringify(body)?.slice(0, 500)}`);
  }
  return body;
}

/** @types/node says that a name is one string; it is a list when the certificate repeats it. */
const name = (entity: { CN?: string | string[] } | undefined) => [entity?.CN].flat()[0];

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}
