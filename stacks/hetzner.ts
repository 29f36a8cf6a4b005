import * as hcloud from "@pulumi/hcloud";
import type { HetznerLeftovers } from "../components/host/recovery-host";
import type { HetznerHostConfig } from "./config";
import { PreflightError } from "./preflight";

export interface ChosenServer {
  readonly serverType: string;
  readonly location: string;
  readonly leftovers: HetznerLeftovers;
}

const explain = (error: unknown): string => {
  const text = (error as Error).message;
  if (/unauthorized|token/i.test(text)) return `Hetzner refused the token; fix: pulumi config set --secret hcloud:token, a token of the project with read and write`;
  return `Hetzner's API: ${text}`;
};

/**
 * The server to order: the first type and location, in the order of preference, that the API says is available now. What an interrupted run
 * already ordered (found by its labels) is taken over, with its type and location.
 * @param operatorKey public key, "ssh-ed25519 AAAA..."
 * @throws PreflightError when the token is refused or nothing on the list can be ordered.
 */
export async function chooseServer(host: HetznerHostConfig, labels: Readonly<Record<string, string>>, operatorKey: string): Promise<ChosenServer> {
  const withSelector = Object.entries(labels)
    .map(([k, v]) => `${k}=${v}`)
    .join(",");
  try {
    const [servers, volumes, firewalls, keys] = await Promise.all([
      hcloud.getServers({ withSelector }),
      hcloud.getVolumes({ withSelector }),
      hcloud.getFirewalls({ withSelector }),
      hcloud.getSshKeys({}),
    ]);
    const id = (found: { id: number | string } | undefined) => (found === undefined ? undefined : String(found.id));
    const server = servers.servers[0];
    // Hetzner keeps one key of a fingerprint: the operator's may be there from before, under any name.
    const key = keys.sshKeys.find((k) => k.publicKey.startsWith(operatorKey));
    const ours = key !== undefined && Object.entries(labels).every(([name, value]) => key.labels[name] === value);
    const leftovers: HetznerLeftovers = {
      server: id(server),
      volume: id(volumes.volumes[0]),
      firewall: id(firewalls.firewalls[0] as { id: number } | undefined),
      sshKey: ours ? id(key) : undefined,
      foreignSshKey: ours ? undefined : id(key),
    };
    if (server) return { serverType: server.serverType, location: server.location, leftovers };

    const refused: string[] = [];
    for (const name of host.serverTypes) {
      const type = await hcloud.getServerType({ name });
      for (const location of host.locations) {
        const offer = type.locations.find((l) => l.name === location);
        if (offer?.available && !offer.isDeprecated) return { serverType: name, location, leftovers };
        refused.push(`${name} in ${location}: ${offer === undefined ? "not offered" : offer.isDeprecated ? "retired" : "sold out"}`);
      }
    }
    throw new PreflightError([`smarteros:site.host.serverTypes: none can be ordered now (${refused.join("; ")}); fix: add a type or a location`]);
  } catch (error) {
    if (error instanceof PreflightError) throw error;
    throw new PreflightError([explain(error)]);
  }
}
