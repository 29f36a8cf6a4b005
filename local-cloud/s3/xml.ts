import type { ServerResponse } from "node:http";

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text as it stands inside an XML element. */
export const escapeXml = (text: string) => text.replace(/[&<>"]/g, (character) => entities[character]!);

export function sendXml(
  response: ServerResponse,
  status: number,
  xml: string,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { "content-type": "application/xml", ...headers })
    .end(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`);
}

/** An error as S3 writes it. */
export function sendS3Error(response: ServerResponse, status: number, code: string, message: string): void {
  sendXml(response, status, `<Error><Code>${code}</Code><Message>${escapeXml(message)}</Message></Error>`);
}
