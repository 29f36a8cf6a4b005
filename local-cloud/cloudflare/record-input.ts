import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { recordTypes, type DnsRecord, type RecordType, type Zone } from "./entities";
import { ApiError, notImplemented } from "./errors";

/** What a client may send of a record. */
const body = z.strictObject({
  name: z.string().min(1),
  type: z.string(),
  content: z.string(),
  ttl: z.number().default(1),
  proxied: z.boolean().default(false),
  comment: z.string().max(500).nullish(),
  tags: z.array(z.string()).default([]),
  settings: z.record(z.string(), z.unknown()).default({}),
});

export type RecordInput = Pick<
  DnsRecord,
  "name" | "type" | "content" | "ttl" | "proxied" | "comment" | "tags" | "settings"
>;

/**
 * Checks and normalises a record as the real API does: names are made fully qualified, a proxied record gets ttl 1. Throws the API's
 * own errors; a field or a type that the emulator does not know is 501.
 */
export function readRecord(json: unknown, zone: Zone): RecordInput {
  const parsed = body.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    if (issue.code === "unrecognized_keys") throw notImplemented(`record field ${issue.keys.join(", ")}`);
    throw new ApiError(400, 9207, `Request body is invalid: ${issue.path.join(".")}: ${issue.message}`);
  }
  const { name, comment, ttl, ...record } = parsed.data;
  const type = record.type as RecordType;
  if (!recordTypes.includes(type))
    throw notImplemented(`record type ${record.type} (implemented: ${recordTypes.join(", ")})`);
  if (ttl !== 1 && !(ttl >= 60 && ttl <= 86400)) {
    throw new ApiError(400, 9021, "Invalid TTL. Must be between 60 and 86400 seconds, or 1 for Automatic.");
  }
  if (record.proxied && !isProxiable(type)) throw new ApiError(400, 9004, "This record type cannot be proxied.");
  return {
    ...record,
    type,
    name: qualify(name, zone.name),
    content: readContent(type, record.content),
    ttl: record.proxied ? 1 : ttl,
    comment: comment ?? null,
  };
}

export const isProxiable = (type: RecordType): boolean => type === "A" || type === "AAAA" || type === "CNAME";

/** `@`, `www` and `www.example.cl` all name a host of the zone `example.cl`. */
function qualify(name: string, zone: string): string {
  const lower = name.toLowerCase().replace(/\.$/, "");
  if (lower === "@") return zone;
  return lower === zone || lower.endsWith(`.${zone}`) ? lower : `${lower}.${zone}`;
}

const hostname = /^(?=.{1,253}$)(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?)*$/;

function readContent(type: RecordType, content: string): string {
  switch (type) {
    case "A":
      if (!isIPv4(content)) throw new ApiError(400, 9005, "Content for A record must be a valid IPv4 address.");
      return content;
    case "AAAA":
      if (!isIPv6(content)) throw new ApiError(400, 9006, "Content for AAAA record must be a valid IPv6 address.");
      return content.toLowerCase();
    case "CNAME":
    case "NS": {
      const target = content.toLowerCase().replace(/\.$/, "");
      if (!hostname.test(target)) throw new ApiError(400, 9007, `Content for ${type} record is invalid.`);
      return target;
    }
    case "TXT":
      return content;
    default:
      return type satisfies never;
  }
}
