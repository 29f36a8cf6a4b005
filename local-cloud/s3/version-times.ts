import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { endToEnd } from "../tls-front";

/** Whether a request lists versions. */
export const listsVersions = (method: string | undefined, url: URL): boolean =>
  method === "GET" && url.searchParams.has("versions");

/**
 * Passes on a list of versions with the time at which each came into being, as S3 has it: versitygw copies a version when it is
 * superseded and then gives the copy's own time. The true one is in its version ids, which are ULIDs.
 */
export async function relayVersions(upstream: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = Buffer.from(withTrueTimes((await buffer(upstream)).toString()));
  const headers = endToEnd(upstream.rawHeaders);
  const length = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === "content-length");
  if (length >= 0) headers[length + 1] = String(body.length);
  response.writeHead(upstream.statusCode!, headers as never).end(body);
}

const entry = /<(Version|DeleteMarker)>.*?<\/\1>/gs;

/** The list with each LastModified taken from the VersionId; an entry without a ULID ("null") stays. */
export function withTrueTimes(xml: string): string {
  return xml.replace(entry, (element) => {
    const ulid = /<VersionId>([0-9A-HJKMNP-TV-Z]{26})<\/VersionId>/.exec(element)?.[1];
    return ulid
      ? element.replace(/<LastModified>.*?<\/LastModified>/, `<LastModified>${timeOf(ulid)}</LastModified>`)
      : element;
  });
}

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The time in a ULID (its first 48 bits are milliseconds), in whole seconds as S3 writes it. https://github.com/ulid/spec */
function timeOf(ulid: string): string {
  const milliseconds = [...ulid.slice(0, 10)].reduce((sum, character) => sum * 32 + crockford.indexOf(character), 0);
  return new Date(Math.floor(milliseconds / 1000) * 1000).toISOString();
}
