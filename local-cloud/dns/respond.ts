import {
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
  type DecodedPacket,
  type OptAnswer,
} from "dns-packet";
import { answer, type DnsAnswer, type ResponseCode } from "./answer";
import type { ZoneData } from "./zone";

/** RFC 1035, section 4.1.1. */
const codes: Record<ResponseCode, number> = { NOERROR: 0, FORMERR: 1, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 };

/** What a UDP answer may hold when the query does not say otherwise (RFC 1035), and what we allow at most. */
const plainUdpBytes = 512;
const maxUdpBytes = 1232;

/**
 * One message in, one message out; undefined when nothing can be said (it is no query). An answer too long for UDP is cut to its
 * header with the "truncated" flag, and the client asks again over TCP.
 */
export function respond(message: Buffer, zones: readonly ZoneData[], transport: "udp" | "tcp"): Buffer | undefined {
  const query = tryDecode(message);
  if (query === undefined) {
    return message.length < 12
      ? undefined
      : encode({ type: "response", id: message.readUInt16BE(0), flags: codes.FORMERR });
  }
  if (query.type !== "query") return undefined;
  const { code, answers, authorities } = decide(query, zones);
  const edns = query.additionals?.find((record): record is OptAnswer => record.type === "OPT");
  const head = {
    type: "response" as const,
    id: query.id,
    flags: AUTHORITATIVE_ANSWER | (query.flag_rd ? RECURSION_DESIRED : 0) | codes[code],
    questions: query.questions,
    additionals: edns
      ? [
          {
            type: "OPT" as const,
            name: ".",
            udpPayloadSize: maxUdpBytes,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
  const full = encode({ ...head, answers, authorities });
  const limit = Math.min(edns?.udpPayloadSize ?? plainUdpBytes, maxUdpBytes);
  return transport === "tcp" || full.length <= limit
    ? full
    : encode({ ...head, flags: head.flags | TRUNCATED_RESPONSE });
}

function decide(query: DecodedPacket, zones: readonly ZoneData[]): DnsAnswer {
  if ((query as { opcode?: string }).opcode !== "QUERY") return nothing("NOTIMP");
  const question = query.questions?.[0];
  return question && query.questions?.length === 1 ? answer(question, zones) : nothing("FORMERR");
}

const nothing = (code: ResponseCode): DnsAnswer => ({ code, answers: [], authorities: [] });

/** Undefined when the bytes are no DNS message: anyone can send anything to a DNS port. */
function tryDecode(message: Buffer): DecodedPacket | undefined {
  try {
    return decode(message);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}
