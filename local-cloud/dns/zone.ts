/** What the DNS server needs to know of a zone. */
export interface ZoneData {
  /** @example "example.cl" */
  readonly name: string;
  /** Grows with every change. */
  readonly serial: number;
  readonly nameServers: readonly string[];
  readonly records: readonly ZoneRecord[];
}

export interface ZoneRecord {
  /** Fully qualified, lower case, no dot at the end. A first label `*` is a wildcard. */
  readonly name: string;
  readonly type: "A" | "AAAA" | "CNAME" | "TXT" | "NS";
  readonly content: string;
  /** Seconds; 1 is Cloudflare's "automatic", which is answered as 300. */
  readonly ttl: number;
}

/** All records at that name, by exact match or by the wildcard that covers it; undefined when the name does not exist (NXDOMAIN). */
export function recordsAt(zone: ZoneData, name: string): readonly ZoneRecord[] | undefined {
  const exact = zone.records.filter((record) => record.name === name);
  if (exact.length > 0 || exists(zone, name)) return exact;
  // A wildcard covers a name when it stands right under the closest ancestor that exists (RFC 4592).
  for (let ancestor = parent(name); ; ancestor = parent(ancestor)) {
    const wildcard = zone.records.filter((record) => record.name === `*.${ancestor}`);
    if (wildcard.length > 0) return wildcard.map((record) => ({ ...record, name }));
    if (exists(zone, ancestor)) return undefined;
  }
}

/** The apex, a name with records, or an empty one above such a name. */
const exists = (zone: ZoneData, name: string): boolean =>
  name === zone.name || zone.records.some((record) => record.name === name || record.name.endsWith(`.${name}`));

const parent = (name: string): string => name.slice(name.indexOf(".") + 1);
