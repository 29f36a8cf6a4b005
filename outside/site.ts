import { Resolver } from "node:dns/promises";
import type { ServiceName } from "../plan/model";
import { plan } from "../plan/plan";

/** The site as it is reached from outside. */
export interface Site {
  /** @example "smarterbot.test" */
  readonly domain: string;
  /**
   * Who signed the site's certificates: an authority as PEM, "public" for those that the machine trusts, "unknown" for the site's own
   * authority where it is not at hand: then name and dates of a certificate are checked, and its signature is not.
   */
  readonly ca: string | "public" | "unknown";
  /** DRILL_TOKEN of the services; only in a drill. */
  readonly token?: string;
  /** IPv4 address of a name, asked anew each time: what DNS says, not what it said. */
  readonly resolve: (host: string) => Promise<string>;
}

/** A DNS server. @example { address: "1.1.1.1", port: 53 } */
export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

/** @example dnsServer("127.0.0.1:5353") @example dnsServer("1.1.1.1").port === 53 */
export function dnsServer(text: string): DnsServer {
  const [address = "", port = "53"] = text.split(":");
  return { address, port: Number(port) };
}

/** Asks one DNS server, without a cache. @throws when the name has no A record, or the server does not answer within two tries of 1 s */
export function askDns(server: DnsServer): Site["resolve"] {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`${server.address}:${server.port}`]);
  return async (host) => {
    const [address] = await resolver.resolve4(host);
    if (address === undefined) throw new Error(`${host}: no A record at ${server.address}:${server.port}`);
    return address;
  };
}

/** Asks several servers at once: the first that answers counts. @throws what the first of them said when none answers */
export function askAnyDns(servers: readonly DnsServer[]): Site["resolve"] {
  const all = servers.map(askDns);
  return async (host) => {
    try {
      return await Promise.any(all.map((ask) => ask(host)));
    } catch (error) {
      throw error instanceof AggregateError ? (error.errors[0] as Error) : error;
    }
  };
}

/** Where a module's health is seen from outside. */
export interface ModuleProbe {
  readonly module: ServiceName;
  readonly host: string;
  readonly path: string;
  /** own: HTTP 200. dependency: the gateway says so of it, as it is not published. proxy: any answer, under a valid certificate. */
  readonly kind: "own" | "dependency" | "proxy";
}

/** Every module of the plan, and where it is seen. Caddy is what answers at all for the domain itself. */
export function moduleProbes(domain: string): ModuleProbe[] {
  const gateway = publicHost("gateway", domain);
  return plan.services.map(({ name, publicLabels, probe }): ModuleProbe => {
    if (name === "caddy") return { module: name, host: domain, path: "/", kind: "proxy" };
    if (publicLabels.length === 0) return { module: name, host: gateway, path: "/health/deps", kind: "dependency" };
    return { module: name, host: publicHost(name, domain), path: probe.path ?? "/", kind: "own" };
  });
}

/** Public name of a service: the last of its labels. @throws for a service that is not published */
export function publicHost(service: ServiceName, domain: string): string {
  const label = plan.services.find(({ name }) => name === service)?.publicLabels.at(-1);
  if (label === undefined)
    throw new Error(`${service}: not published; allowed: a service with a public label in plan/plan.ts`);
  return label === "@" ? domain : `${label}.${domain}`;
}

/** The services with endpoints for the drill: each published service of the plan. */
export const drillServices = plan.services
  .filter(({ publicLabels }) => publicLabels.length > 0)
  .map(({ name }) => name);
