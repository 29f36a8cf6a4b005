import type { S3Location } from "../contracts/agent";
import type { SiteConfig } from "./config-schema";

/** pgBackRest's name of the one cluster. */
export const stanza = "main";

/** Where this site's backups are, as its hosts reach them. */
export function s3Location(site: Pick<SiteConfig, "backups">): S3Location {
  const { bucket, region, endpoint } = site.backups;
  return endpoint
    ? { host: endpoint.host, port: endpoint.port, region, bucket, uriStyle: "path", ...(endpoint.caPem ? { caPem: endpoint.caPem } : {}) }
    : { host: `s3.${region}.amazonaws.com`, port: 443, region, bucket, uriStyle: "host" };
}

/**
 * The same store as the operator's machine reaches it: at the aws provider's own endpoint, where the settings name one. The site's hosts may
 * know it by a name that is resolved nowhere else.
 *
 * pgBackRest compares the endpoint with the certificate's DNS names, never with its IP addresses: the endpoint is a name, or the certificate
 * holds the address among its DNS names too.
 * @throws Error unless the endpoint is an https URL
 */
export function operatorS3Location(site: Pick<SiteConfig, "backups">, endpoint: string | undefined): S3Location {
  const location = s3Location(site);
  if (endpoint === undefined) return location;
  const { protocol, hostname, port } = new URL(endpoint);
  if (protocol !== "https:")
    throw new Error(`aws:endpoints: received s3 ${JSON.stringify(endpoint)}; allowed: an https URL, which the backup programs insist on; fix: https://HOST:PORT`);
  return { ...location, host: hostname, port: port === "" ? 443 : Number(port), uriStyle: "path" };
}
