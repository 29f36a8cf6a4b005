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
