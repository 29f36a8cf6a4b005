import { z } from "zod";
import { bytes } from "../plan/units";
import { parsed } from "./config-meta";

/** One ed25519 public key as known_hosts has it: the type, and 51 bytes that begin with the type (RFC 8709). */
const hostKey = z.string().regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}$/);

/** A server that already exists: the VPS at Hostinger. */
export const existingHost = z.strictObject({
  kind: z.literal("existing").meta({
    description: "A server that is there (the VPS), or one that is ordered at Hetzner.",
    allowed: "existing in the primary, hetzner in the recovery",
  }),
  address: z.ipv4().meta({
    description: "The server's address, and the content of the DNS records.",
    allowed: "a public IPv4 address",
    fix: "take it from Hostinger's panel",
  }),
  hostKey: hostKey.meta({
    description: "The server's public host key: another one stops the program.",
    allowed: 'the last two fields of its known_hosts line, "ssh-ed25519 AAAA..."',
    fix: "ssh-keyscan -t ed25519 ADDRESS, compared with `cat /etc/ssh/ssh_host_ed25519_key.pub` in the provider's console",
  }),
});

/** A server that the program orders at Hetzner. */
export const hetznerHost = z.strictObject({
  kind: z.literal("hetzner"),
  serverTypes: z.array(z.string().min(1)).min(1).default(["cpx32", "cx33", "cpx22", "ccx13"]).meta({
    description: "In order of preference: the first that Hetzner says is available now.",
    allowed: "Hetzner's server types, at least one",
  }),
  locations: z.array(z.string().min(1)).min(1).default(["nbg1", "fsn1", "hel1"]).meta({
    description: "In order of preference: each type is looked for in all of them.",
    allowed: "Hetzner's locations, at least one",
  }),
  image: z
    .string()
    .min(1)
    .default("debian-12")
    .meta({ description: "System of the server.", allowed: "an image of Hetzner's with cloud-init and apt" }),
  volume: parsed(bytes).prefault("40 GiB").meta({
    description: "Size of the data volume. The preflight says when a backup set does not fit.",
    unit: "MiB, GiB, TiB, MB, GB or TB",
    allowed: 'a number, a space and a unit, such as "40 GiB"',
    fix: 'write "40 GiB"',
  }),
});

/** How the site that is replaced is reached, to fence it off. Its state is not needed, and may be what was lost. */
export const oldSite = z.strictObject({
  address: z.ipv4().optional().meta({
    description: "Its address. Absent: what the zone's DNS records say before they are moved.",
    allowed: "a public IPv4 address",
  }),
  hostKey: hostKey.optional().meta({
    description: "Its public host key. Absent: it is not stopped by SSH.",
    allowed: 'the last two fields of its known_hosts line, "ssh-ed25519 AAAA..."',
    fix: "smarteros:site.host.hostKey of the primary",
  }),
  user: z
    .string()
    .min(1)
    .default("root")
    .meta({
      description: "Who logs in, with smarteros:site.ssh.privateKeyFile.",
      allowed: "a user that may run docker",
    }),
  hostingerVirtualMachine: z.number().int().min(1).optional().meta({
    description: "Its id at Hostinger, which then is asked to stop it. Absent: Hostinger is not asked.",
    allowed: "a whole number; needs smarteros:hostingerToken",
    fix: "the number in the address of the VPS's page in Hostinger's panel",
  }),
});

export type ExistingHostConfig = z.infer<typeof existingHost>;
export type HetznerHostConfig = z.infer<typeof hetznerHost>;
