import type { Answers } from "./mocked-stack";

/** A type's offer in one location. */
export interface Offer {
  readonly name: string;
  readonly available: boolean;
  readonly isDeprecated?: boolean;
}

export interface HetznerAnswers {
  /** Offers by server type. */
  readonly offers: Readonly<Record<string, readonly Offer[]>>;
  /** What an interrupted run left behind. @default nothing */
  readonly servers?: readonly { id: number; serverType: string; location: string }[];
  readonly volumes?: readonly { id: number }[];
  readonly sshKeys?: readonly { id: number; publicKey: string; labels: Readonly<Record<string, string>> }[];
}

/** Hetzner's API as the program asks it through its provider. */
export const hetzner = ({
  offers,
  servers = [],
  volumes = [],
  sshKeys = [],
}: HetznerAnswers): NonNullable<Answers["calls"]> => ({
  "hcloud:index/getServers:getServers": () => ({ servers }),
  "hcloud:index/getVolumes:getVolumes": () => ({ volumes }),
  "hcloud:index/getFirewalls:getFirewalls": () => ({ firewalls: [] }),
  "hcloud:index/getSshKeys:getSshKeys": () => ({ sshKeys }),
  "hcloud:index/getServerType:getServerType": ({ name }) => ({ name, locations: offers[String(name)] ?? [] }),
});

/** The zone's A records. */
export const cloudflare = (
  records: readonly { name: string; id: string; content: string }[],
): NonNullable<Answers["calls"]> => ({
  "cloudflare:index/getDnsRecords:getDnsRecords": () => ({ results: records }),
});
