import type { S3Location } from "./agent";
import { type Generation, generationLayout } from "./generation";

/**
 * restic's name of the repository of a generation. The usual port is left out: where it is written behind an IPv4 address, restic 0.14 takes
 * that for IPv6 and asks for the host "[10.0.0.5]", which a store may refuse (versitygw: 500).
 */
export function resticRepository({ host, port, bucket }: S3Location, generation: Generation): string {
  const server = port === 443 ? host : `${host}:${port}`;
  return `s3:https://${server}/${bucket}/${generationLayout(generation).resticPath}`;
}
