import { probeUntilAll, type Seen } from "../../outside/probe";
import { askAnyDns, dnsServer, type Site } from "../../outside/site";
import type { ServiceName } from "../../plan/model";
import type { LookedAt } from "../settings";

/** The recovered site from outside, as its users reach it. */
export class Answers {
  #seen: Promise<Map<ServiceName, Seen>> | undefined;
  readonly #stop = new AbortController();

  /**
   * @param onAnswer a module answers for the first time
   * @param stillOld what is noted of a module for which DNS answers the old site's address
   * @param deadlineSeconds for all of them, from the first look on
   */
  constructor(
    private readonly site: LookedAt,
    private readonly onAnswer: (module: ServiceName, seen: Seen) => void,
    private readonly stillOld: (address: string) => string,
    private readonly deadlineSeconds: number,
  ) {}

  get begun(): boolean {
    return this.#seen !== undefined;
  }

  /** @param isTheNewSite whether an address is where the recovered site is: an answer of the old one does not count */
  begin(isTheNewSite: (address: string) => boolean): void {
    const byDns = askAnyDns(this.site.dns.resolvers.map(dnsServer));
    const site: Site = {
      domain: this.site.domain,
      ca: this.site.tls.issuer === "acme" ? "public" : "unknown",
      resolve: async (host) => {
        const address = await byDns(host);
        if (!this.site.dns.proxied && !isTheNewSite(address)) throw new Error(this.stillOld(address));
        return address;
      },
    };
    this.#seen ??= probeUntilAll({
      site,
      deadlineSeconds: this.deadlineSeconds,
      signal: this.#stop.signal,
      onAnswer: this.onAnswer,
    });
  }

  /** First answers; waits for the others until the deadline. Empty: nobody was asked. */
  async all(): Promise<ReadonlyMap<ServiceName, Seen>> {
    return (await this.#seen) ?? new Map<ServiceName, Seen>();
  }

  async stop(): Promise<ReadonlyMap<ServiceName, Seen>> {
    this.#stop.abort();
    return this.all();
  }
}
