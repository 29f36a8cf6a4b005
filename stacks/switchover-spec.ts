import type { SwitchoverSpec } from "../contracts/switchover";
import { writers } from "../plan/writers";
import { operatorName } from "./backup-store";
import type { StackConfig } from "./config";
import { PreflightError } from "./preflight";

/**
 * Which site is stopped, and how it is reached.
 * @param addresses where it is: its own, or those that the zone's records name, without this site's
 * @param claimed it was taken out of service before: it need not be known any more
 * @throws PreflightError when the site that serves cannot be told or reached
 */
export function switchoverSpecOf(config: StackConfig, addresses: readonly string[], claimed: boolean): SwitchoverSpec {
  const { site, secrets, aws } = config;
  const { hostKey, user } = site.fence;
  const [serves, ...others] = addresses;
  const problems = [
    ...(serves === undefined || others.length > 0
      ? [
          `smarteros:site.fence.address: missing, and DNS names ${serves === undefined ? "no other host" : [serves, ...others].join(", ")}; consequence: the site that serves cannot be stopped; fix: its address`,
        ]
      : []),
    ...(hostKey
      ? []
      : [
          "smarteros:site.fence.hostKey: missing; consequence: the site that serves cannot be stopped; fix: the public host key of its server",
        ]),
  ];
  if (problems.length > 0 && !claimed) throw new PreflightError(problems);
  return {
    domain: site.domain,
    generation: site.generation,
    from: site.restoreFrom!,
    operator: operatorName(),
    ...(serves && hostKey
      ? { active: { address: serves, user, privateKeyFile: site.ssh.privateKeyFile, hostKey } }
      : {}),
    services: writers(),
    bucket: site.backups.bucket,
    aws: {
      region: aws.region,
      ...(aws.endpoint ? { endpoint: aws.endpoint } : {}),
      ...(aws.accessKey ? { accessKey: aws.accessKey } : {}),
      ...(aws.secretKey ? { secretKey: aws.secretKey } : {}),
      ...(aws.profile ? { profile: aws.profile } : {}),
    },
    passwords: { postgres: secrets.postgresCipher, files: secrets.filesCipher },
  };
}
