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

/** The access key that a request claims to be signed with; undefined when it is not signed. */
export function claimedAccessKey(request: IncomingMessage): string | undefined {
  const inHeader = /Credential=([^/\s]+)\//.exec(request.headers.authorization ?? "")?.[1];
  return inHeader ?? new URL(request.url!, "http://any").searchParams.get("X-Amz-Credential")?.split("/")[0];
}

/**
 * Lets versitygw check a request that it does not implement: it verifies the signature (headers and body) and the bucket before it
 * answers `expected`. Returns true then; any other answer is the true one (403, 404, ...) and has been sent to the client.
 */
export async function isVerified(
  s3: Upstream,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  expected: { status: number; code: string },
): Promise<boolean> {
  const upstream = await forward(s3, request, body);
  const answer = await buffer(upstream);
  if (upstream.statusCode === expected.status && answer.includes(`<Code>${expected.code}</Code>`)) return true;
  response.writeHead(upstream.statusCode!, endToEnd(upstream.rawHeaders) as never).end(answer);
  return false;
}
