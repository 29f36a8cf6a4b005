/** Types of records that the emulator keeps, and the DNS server answers. */
export const recordTypes = ["A", "AAAA", "CNAME", "TXT", "NS"] as const;
export type RecordType = (typeof recordTypes)[number];

/** One record, as the API shows it. */
export interface DnsRecord {
  /** 32 hex digits. */
  id: string;
  zone_id: string;
  /** Fully qualified, lower case, no dot at the end. */
  name: string;
  type: RecordType;
  content: string;
  /** Seconds; 1 is "automatic". */
  ttl: number;
  /** A proxied record always has ttl 1. There is no proxy here: its content is answered. */
  proxied: boolean;
  proxiable: boolean;
  settings: Record<string, unknown>;
  meta: Record<string, unknown>;
  comment: string | null;
  tags: string[];
  created_on: string;
  modified_on: string;
  comment_modified_on?: string;
  tags_modified_on?: string;
}

export interface Zone {
  /** 32 hex digits. */
  id: string;
  /** @example "example.cl" */
  name: string;
  created_on: string;
  /** Counts changes; the zone's SOA serial. */
  serial: number;
}

export interface DnsState {
  zones: Zone[];
  records: DnsRecord[];
}
