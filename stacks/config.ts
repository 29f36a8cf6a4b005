import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { keyNames, type KeyName, type ServiceName } from "../plan/model";
import { plan } from "../plan/plan";
import { databases } from "../plan/graph";
import { contradictions } from "../plan/checks";
import { parseRut } from "../plan/rut";
import { bytes, seconds } from "../plan/units";

/** Turns a parser that throws into a zod check, so that its message is listed with the property's path. */
const parsed = <T>(parse: (text: string) => T) =>
  z.string().transform((text, ctx): T => {
    try {
      return parse(text);
    } catch (error) {
      ctx.addIssue({ code: "custom", message: (error as Error).message });
      return z.NEVER;
    }
  });

const durationSeconds = parsed(seconds);
const sizeBytes = parsed(bytes);
const ipv4 = z.ipv4({ error: (issue) => `received ${JSON.stringify(issue.input)}; allowed: an IPv4 address` });

/** Every image the site runs, by service, and the backup agent's. */
export const imageNames = [...plan.services.map((s) => s.name), "agent"] as const;
export type ImageName = ServiceName | "agent";

/** `repo/name:tag@sha256:...`: a tag for people, a digest for the machine. A digest that was never resolved is not invented. */
const imageRef = z.string().regex(/^[^\s@]+:[^\s@:/]+@sha256:[0-9a-f]{64}$/, {
  error: (issue) =>
    `received ${JSON.stringify(issue.input)}; allowed: name:tag@sha256:<64 hex digits>; fix: run "npm run images:pin", which asks the image's registry for the digest`,
});

const hostKey = z.string().regex(/^ssh-ed25519 [A-Za-z0-9+/=]+$/, {
  error: (issue) => `received ${JSON.stringify(issue.input)}; allowed: the two fields of the host's known_hosts line, "ssh-ed25519 AAAA..."; fix: ssh-keyscan -t ed25519 ADDRESS, compared with the provider's console`,
});

/** A server that already exists: the VPS at Hostinger. */
const existingHost = z.strictObject({
  kind: z.literal("existing"),
  address: ipv4,
  /** The host's public key, pinned. */
  hostKey,
});

/** A server that the program orders at Hetzner. */
const hetznerHost = z.strictObject({
  kind: z.literal("hetzner"),
  /** In order of preference; the first that the API says is available now, in the first location that has it. */
  serverTypes: z.array(z.string()).min(1).default(["cpx32", "cx33", "cpx22", "ccx13"]),
  locations: z.array(z.string()).min(1).default(["nbg1", "fsn1", "hel1"]),
  image: z.string().default("debian-12"),
  /** Size of the data volume. */
  volume: sizeBytes.default(40 * 2 ** 30),
});

const tenant = z.strictObject({ rut: parsed(parseRut), name: z.string().min(1) });

const siteSchema = z.strictObject({
  /** @example "smarterbot.cl" */
  domain: z.string().regex(/^([a-z0-9-]+\.)+[a-z]{2,}$/, { error: (i) => `received ${JSON.stringify(i.input)}; allowed: a domain name in lower case` }),
  /** This site's generation: where it writes. The first primary is 1, each recovery or failback is one more. */
  generation: z.number().int().min(1),
  /** The generation whose backups are restored; absent: a new site that starts empty. */
  restoreFrom: z.number().int().min(1).optional(),
  host: z.discriminatedUnion("kind", [existingHost, hetznerHost]),
  ssh: z.strictObject({
    user: z.string().default("root"),
    /** The operator's private key, unencrypted or in an agent. */
    privateKeyFile: z.string(),
    /** Networks that may reach port 22, as CIDR. */
    operatorNetworks: z
      .array(z.cidrv4())
      .min(1)
      .refine((all) => all.every((c) => !c.endsWith("/0")), { error: "received the whole world; allowed: named networks; fix: the operator's own addresses as CIDR" }),
  }),
  images: z.strictObject(Object.fromEntries(imageNames.map((n) => [n, imageRef])) as Record<ImageName, typeof imageRef>),
  backups: z.strictObject({
    bucket: z.string(),
    region: z.string(),
    /** Where the replica bucket is; must differ from `region`. */
    replicaRegion: z.string(),
    /** An S3-compatible store instead of AWS, as the hosts reach it. */
    endpoint: z.strictObject({ host: z.string(), port: z.number().int().default(443), caPem: z.string().optional() }).optional(),
  }),
  tls: z.discriminatedUnion("issuer", [
    z.strictObject({ issuer: z.literal("acme"), email: z.email() }),
    /** Caddy's own authority: for a site that is not public. */
    z.strictObject({ issuer: z.literal("internal") }),
  ]),
  dns: z.strictObject({
    zoneId: z.string().regex(/^[0-9a-f]{32}$/, { error: (i) => `received ${JSON.stringify(i.input)}; allowed: Cloudflare's zone id, 32 hex digits` }),
    /** How long an old answer may live in caches. */
    ttl: durationSeconds.default(60).refine((s) => s >= 60 && s <= 86_400, { error: "allowed: 60 seconds to 1 day (Cloudflare's limits for DNS-only records)" }),
    proxied: z.boolean().default(false),
    /** Resolvers asked after the move, "address" or "address:port". */
    resolvers: z.array(z.string()).min(1).default(["1.1.1.1", "8.8.8.8"]),
    /** True only in a drill, whose hosts are on loopback: otherwise a private or loopback address is refused as a record's content. */
    permitLoopback: z.boolean().default(false),
  }),
  /** Sample tenants that the gate looks for (P4); their check digits are verified. */
  tenants: z.array(tenant).min(1),
  /** True enables the stand-in applications' write endpoints; never in production. */
  drill: z.boolean().default(false),
});

const secretsSchemas = {
  postgresCipher: z.string().min(16),
  filesCipher: z.string().min(16),
  databasePasswords: z.strictObject(Object.fromEntries(databases(plan).map((d) => [d, z.string().min(12)])) as Record<string, z.ZodString>),
  applicationKeys: z.strictObject(Object.fromEntries(keyNames.map((k) => [k, z.string().min(16)])) as Record<KeyName, z.ZodString>),
  shopifySecret: z.string().min(16),
  whatsappSecret: z.string().min(16),
  /** A Vault token for the gateway and for snapshots: made at Vault's first start, restored with it. */
  vaultToken: z.string().min(8).optional(),
  /** Vault's unseal shares, from the escrow. Needed by a restore. */
  vaultUnsealShares: z.array(z.string().min(20)).min(1).optional(),
  /** Private host key (OpenSSH ed25519) of a server that the program orders, so that it can be pinned before it exists. */
  recoveryHostKey: z.string().includes("OPENSSH PRIVATE KEY").optional(),
  /** Bearer token of the stand-in applications' write endpoints; only with `drill`. */
  drillToken: z.string().min(16).optional(),
};

type Secrets = { [K in keyof typeof secretsSchemas]: z.infer<(typeof secretsSchemas)[K]> };

/** The site's settings. Durations are seconds, sizes bytes. */
export type SiteConfig = z.infer<typeof siteSchema>;
/** The site's secrets, in clear: only ever inside `pulumi.secret` outputs once they leave stacks/. */
export type SiteSecrets = Secrets;
export type ExistingHostConfig = z.infer<typeof existingHost>;
export type HetznerHostConfig = z.infer<typeof hetznerHost>;

export interface StackConfig {
  readonly site: SiteConfig;
  readonly secrets: SiteSecrets;
  /** A time to restore to, ISO 8601 with zone; absent: the newest valid set. `recovery:targetTime`. */
  readonly targetTime: string | undefined;
  /** How the operator's machine reaches S3: the aws provider's own configuration, else the SDK's defaults (environment, profile). */
  readonly aws: { readonly region: string; readonly endpoint?: string; readonly accessKey?: string; readonly secretKey?: string };
}

/** Config that cannot be used: every problem at once. */
export class ConfigError extends pulumi.RunError {
  constructor(public readonly problems: readonly string[]) {
    super(`nothing was changed: ${problems.length} problem${problems.length === 1 ? "" : "s"} in the configuration\n${problems.map((p) => `  - ${p}`).join("\n")}`);
  }
}

const describe = (root: string, error: z.ZodError): string[] =>
  error.issues.map((issue) => {
    const path = [root, ...issue.path.map(String)].join(".");
    if (issue.code === "unrecognized_keys") return `${path}: unknown key ${issue.keys.map((k) => JSON.stringify(k)).join(", ")}; fix: remove it or correct its spelling`;
    return `${path}: ${issue.message}`;
  });

/** Ranges that no public record may point to: private, loopback, link-local, shared and documentation addresses. */
export function isPublicIpv4(address: string): boolean {
  const [a = 0, b = 0, c = 0] = address.split(".").map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  if (a === 172 && b >= 16 && b <= 31) return false;
  if (a === 192 && (b === 168 || (b === 0 && (c === 0 || c === 2)))) return false;
  if (a === 169 && b === 254) return false;
  if (a === 100 && b >= 64 && b <= 127) return false;
  if (a === 198 && (b === 18 || b === 19 || (b === 51 && c === 100))) return false;
  return !(a === 203 && b === 0 && c === 113);
}

/** Checks that need more than one property. */
function crossChecks(site: SiteConfig, secrets: Partial<SiteSecrets>, role: "primary" | "recovery", targetTime: string | undefined): string[] {
  const problems: string[] = [];
  if (site.backups.region === site.backups.replicaRegion) {
    problems.push(`smarteros:site.backups.replicaRegion: received ${site.backups.replicaRegion}, which is also the region; allowed: another region; fix: name one on another site`);
  }
  if (site.restoreFrom !== undefined && site.restoreFrom >= site.generation) {
    problems.push(`smarteros:site.restoreFrom: received ${site.restoreFrom} with generation ${site.generation}; allowed: an older generation; fix: raise generation to ${site.restoreFrom + 1}`);
  }
  if (role === "recovery" && site.restoreFrom === undefined) problems.push("smarteros:site.restoreFrom: missing; a recovery restores from the generation that was lost; fix: set it (1 for the first primary)");
  if (role === "recovery" && site.host.kind !== "hetzner") problems.push(`smarteros:site.host.kind: received ${site.host.kind}; allowed in the recovery stack: hetzner`);
  if (site.host.kind === "hetzner" && !secrets.recoveryHostKey) problems.push("smarteros:recoveryHostKey: missing; a server that the program orders needs a host key to be pinned; fix: npm run secrets:init");
  if (site.restoreFrom !== undefined && !secrets.vaultUnsealShares) problems.push("smarteros:vaultUnsealShares: missing; the restored Vault cannot be opened without them; fix: pulumi config set --secret smarteros:vaultUnsealShares '[\"...\"]' from the escrow");
  if (site.restoreFrom !== undefined && !secrets.vaultToken) problems.push("smarteros:vaultToken: missing; the gateway and the snapshots need it; fix: pulumi config set --secret smarteros:vaultToken, from the escrow");
  if (site.host.kind === "existing" && !site.dns.permitLoopback && !isPublicIpv4(site.host.address)) {
    problems.push(`smarteros:site.host.address: received ${site.host.address}, a private or loopback address, which would become the content of public DNS records; allowed: a public IPv4 address; fix: the VPS's public address`);
  }
  if (site.dns.permitLoopback && !site.drill) problems.push("smarteros:site.dns.permitLoopback: received true outside a drill; allowed: only together with drill: true");
  if (site.drill && !secrets.drillToken) problems.push("smarteros:drillToken: missing, but smarteros:site.drill is true; fix: set both or neither");
  if (targetTime !== undefined && !z.iso.datetime({ offset: true }).safeParse(targetTime).success) {
    problems.push(`recovery:targetTime: received ${JSON.stringify(targetTime)}; allowed: ISO 8601 with a zone; fix: 2026-11-23T21:05:00Z`);
  }
  if (targetTime !== undefined && Date.parse(targetTime) > Date.now()) problems.push(`recovery:targetTime: received ${targetTime}, which is in the future; fix: a time before the disaster, or none for the newest`);
  return problems;
}

/** Keys of the namespaces that this program owns; any other is a misspelling. */
const knownKeys = new Set(["smarteros:site", "recovery:targetTime", ...Object.keys(secretsSchemas).map((k) => `smarteros:${k}`)]);

const parseJsonText = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text; // a plain string, which the schema judges
  }
};

/**
 * Reads and checks the whole configuration: the only reader of pulumi.Config.
 * @throws ConfigError with every problem: unknown keys, wrong values, missing secrets, contradictions of the plan.
 */
export function readConfig(role: "primary" | "recovery"): StackConfig {
  const problems = [...contradictions(plan)];
  const all = pulumi.runtime.allConfig();
  for (const key of Object.keys(all)) {
    if (/^(smarteros|recovery):/.test(key) && !knownKeys.has(key)) problems.push(`${key}: unknown key; allowed: ${[...knownKeys].join(", ")}; fix: remove it or correct its spelling`);
  }

  const rawSite = all["smarteros:site"];
  let site: SiteConfig | undefined;
  if (rawSite === undefined) problems.push("smarteros:site: missing; fix: copy the example of the README's configuration table into Pulumi." + role + ".yaml");
  else {
    const result = siteSchema.safeParse(parseJsonText(rawSite));
    if (result.success) site = result.data;
    else problems.push(...describe("smarteros:site", result.error));
  }

  const secrets: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(secretsSchemas)) {
    const raw = all[`smarteros:${key}`];
    if (raw === undefined) {
      if (!schema.safeParse(undefined).success) problems.push(`smarteros:${key}: missing secret; fix: npm run secrets:init, or pulumi config set --secret smarteros:${key}`);
      continue;
    }
    const structured = schema instanceof z.ZodObject || /^\s*[[{]/.test(raw);
    const result = schema.safeParse(structured ? parseJsonText(raw) : raw);
    // A message about a secret names its path and rule, never its value.
    if (result.success) secrets[key] = result.data;
    else problems.push(...result.error.issues.map((i) => `smarteros:${[key, ...i.path.map(String)].join(".")}: ${i.code === "unrecognized_keys" ? `unknown key ${i.keys.join(", ")}` : i.message}`));
  }

  const targetTime = new pulumi.Config("recovery").get("targetTime");
  if (site) problems.push(...crossChecks(site, secrets as Partial<SiteSecrets>, role, targetTime));
  if (!site || problems.length > 0) throw new ConfigError(problems);

  const endpoints = parseJsonText(all["aws:endpoints"] ?? "[]") as { s3?: string }[];
  return {
    site,
    secrets: secrets as SiteSecrets,
    targetTime,
    aws: { region: site.backups.region, endpoint: endpoints.find((e) => e.s3)?.s3, accessKey: all["aws:accessKey"], secretKey: all["aws:secretKey"] },
  };
}
