import type { FenceSpec } from "../contracts/fence";
import type { StackConfig } from "./config";
import { operatorName } from "./backup-store";

/** Hostinger's public API. */
const hostingerApi = "https://developers.hostinger.com";

/**
 * What is fenced off, and how it is reached: of the old site's state nothing is needed.
 * @param inDns addresses that the zone's records name, before they are moved; this site's own is no other's
 */
export function fenceSpecOf(config: StackConfig, inDns: readonly string[]): FenceSpec {
  const { site, secrets, aws, hetzner, acceptSplitBrain } = config;
  const { address, hostKey, user, hostingerVirtualMachine } = site.fence;
  return {
    domain: site.domain,
    generation: site.generation,
    operator: operatorName(),
    addresses: address
      ? [address]
      : [...new Set(inDns)].filter((a) => site.host.kind !== "existing" || a !== site.host.address),
    ...(hostKey ? { ssh: { user, privateKeyFile: site.ssh.privateKeyFile, hostKey } } : {}),
    bucket: site.backups.bucket,
    aws: {
      region: aws.region,
      ...(aws.endpoint ? { s3Endpoint: aws.endpoint } : {}),
      ...(aws.iamEndpoint ? { iamEndpoint: aws.iamEndpoint } : {}),
      ...(aws.accessKey ? { accessKey: aws.accessKey } : {}),
      ...(aws.secretKey ? { secretKey: aws.secretKey } : {}),
      ...(aws.profile ? { profile: aws.profile } : {}),
    },
    ...(hetzner ? { hetzner } : {}),
    ...(hostingerVirtualMachine !== undefined && secrets.hostingerToken
      ? {
          hostinger: { endpoint: hostingerApi, token: secrets.hostingerToken, virtualMachine: hostingerVirtualMachine },
        }
      : {}),
    ...(acceptSplitBrain ? { acceptSplitBrain } : {}),
  };
}
