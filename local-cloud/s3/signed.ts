import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { endToEnd, forward, type Upstream } from "../tls-front";

/** More than any document of S3's or IAM's may have. */
const maxBodyBytes = 1024 * 1024;

/** The whole body of a small request. */
export async function readSmallBody(request: IncomingMessage): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > maxBodyBytes)
    throw new Error(`a configuration document of ${declared} bytes; allowed: ${maxBodyBytes}`);
  return buffer(request);
}

/** What a request claims to be signed with (SigV4, in the header or in the query); empty when it is not signed. */
export function claimed(request: IncomingMessage): { accessKey?: string; region?: string } {
  const inHeader = /Credential=([^,\s]+)/.exec(request.headers.authorization ?? "")?.[1];
  const credential = inHeader ?? new URL(request.url!, "http://any").searchParams.get("X-Amz-Credential");
  const [accessKey, , region] = credential?.split("/") ?? [];
  return { accessKey, region };
}

/**
 * Lets versitygw check a request that it does not implement: it verifies the signature (headers and body) and the rights before it
 * answers `expected`. Returns true then; any other answer is the true one (403, 404, ...) and has been sent to the client.
 */
export async function isVerified(
  to: Upstream,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  expected: { status: number; code: string },
): Promise<boolean> {
  const upstream = await forward(to, request, body);
  const answer = await buffer(upstream);
  if (upstream.statusCode === expected.status && answer.includes(`<Code>${expected.code}</Code>`)) return true;
  response.writeHead(upstream.statusCode!, endToEnd(upstream.rawHeaders) as never).end(answer);
  return false;
}
