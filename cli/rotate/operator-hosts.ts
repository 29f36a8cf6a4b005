import type { SshHost } from "../../components/host/ssh";
import type { StackConfig } from "../../stacks/config";

/**
 * Hosts that the operator's key opens, as the settings know them: the one that serves, and the one that it replaced, which the fence enters by it.
 * @param serving its address
 * @returns undefined when the replaced one is entered by this key and its address is nowhere: it would be left with the old key
 */
export function operatorHosts({ ssh, fence }: StackConfig["site"], serving: SshHost): SshHost[] | undefined {
  const host = {
    host: serving.host,
    user: serving.user ?? ssh.user,
    hostKey: serving.hostKey,
    ...(serving.port === undefined ? {} : { port: serving.port }),
  };
  if (fence.hostKey === undefined || fence.address === serving.host) return [host];
  if (fence.address === undefined) return undefined;
  return [host, { host: fence.address, user: fence.user, hostKey: fence.hostKey }];
}
