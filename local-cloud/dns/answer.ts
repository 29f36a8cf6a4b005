import type { Answer, Question } from "dns-packet";
import { recordsAt, type ZoneData, type ZoneRecord } from "./zone";

export type ResponseCode = "NOERROR" | "FORMERR" | "NXDOMAIN" | "NOTIMP" | "REFUSED";

export interface DnsAnswer {
  readonly code: ResponseCode;
  readonly answers: Answer[];
  readonly authorities: Answer[];
}

/** Seconds for which Cloudflare lets "automatic" records be kept. */
const automaticTtl = 300;
/** Seconds for which a resolver may keep "no such name": short, since a drill creates names. */
const negativeTtl = 30;
const maxAliases = 8;

/**
 * Answers one question with authority from the zones as they are now: an alias is followed as long as it stays inside them;
 * NXDOMAIN and "no such type" carry the SOA; a name outside all zones is REFUSED (this is no resolver).
 */
export function answer(question: Question, zones: readonly ZoneData[]): DnsAnswer {
  if ((question.class ?? "IN") !== "IN") return refused;
  const answers: Answer[] = [];
  let name = question.name.toLowerCase();
  for (let aliases = 0; aliases <= maxAliases; aliases++) {
    const zone = zoneOf(name, zones);
    if (!zone) return answers.length > 0 ? { code: "NOERROR", answers, authorities: [] } : refused;
    const found = recordsAt(zone, name);
    if (!found) return { code: "NXDOMAIN", answers, authorities: [soa(zone)] };
    const matching = [
      ...apexAnswers(zone, name, question.type),
      ...found.filter((record) => record.type === question.type).map(toAnswer),
    ];
    if (matching.length > 0) return { code: "NOERROR", answers: [...answers, ...matching], authorities: [] };
    const alias = found.find((record) => record.type === "CNAME");
    if (!alias) return { code: "NOERROR", answers, authorities: [soa(zone)] };
    answers.push(toAnswer(alias));
    name = alias.content;
  }
  return { code: "NOERROR", answers, authorities: [] };
}

const refused: DnsAnswer = { code: "REFUSED", answers: [], authorities: [] };

/** The most specific zone that holds the name. */
const zoneOf = (name: string, zones: readonly ZoneData[]): ZoneData | undefined =>
  zones
    .filter((zone) => name === zone.name || name.endsWith(`.${zone.name}`))
    .sort((a, b) => b.name.length - a.name.length)[0];

function apexAnswers(zone: ZoneData, name: string, type: string): Answer[] {
  if (name !== zone.name) return [];
  if (type === "SOA") return [soa(zone)];
  if (type === "NS") return zone.nameServers.map((data) => ({ type: "NS", name, ttl: 86400, data }));
  return [];
}

const soa = (zone: ZoneData): Answer => ({
  type: "SOA",
  name: zone.name,
  ttl: negativeTtl,
  data: {
    mname: zone.nameServers[0]!,
    rname: `dns.${zone.name}`,
    serial: zone.serial,
    refresh: 10000,
    retry: 2400,
    expire: 604800,
    minimum: negativeTtl,
  },
});

function toAnswer(record: ZoneRecord): Answer {
  const { name, type, content } = record;
  const ttl = record.ttl === 1 ? automaticTtl : record.ttl;
  if (type === "TXT") return { type, name, ttl, data: content.replace(/^"(.*)"$/s, "$1").match(/.{1,255}/gs) ?? [""] };
  return { type, name, ttl, data: content };
}
