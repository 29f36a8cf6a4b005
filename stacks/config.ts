// Not the whole SDK, which takes most of a second to load: `smarter` reads the configuration too.
import { RunError } from "@pulumi/pulumi/errors";
import { allConfig } from "@pulumi/pulumi/runtime/config";
import { z } from "zod";
import { contradictions } from "../plan/checks";
import { plan } from "../plan/plan";
import { problemsOf } from "./config-problems";
import { modeSchema, recoverySchema, siteSchema, type SiteConfig } from "./config-schema";
import { hetznerApi } from "./hetzner-api";
import { isPublicIpv4 } from "./ipv4";
import type { CredentialRecord } from "./secrets/record";
import { secretsSchema, type SecretName, type SiteSecrets } from "./secrets/schema";

export type { ExistingHostConfig, HetznerHostConfig } from "./config-host";
export { imageNames, type ImageName, type SiteConfig } from "./config-schema";
export type { SiteSecrets } from "./secrets/schema";
export { isPublicIpv4 };

export interface StackConfig {
  readonly site: SiteConfig;
  readonly secrets: SiteSecrets;
  /** A time to restore to, ISO 8601 with zone; absent: the newest valid set. `recovery:targetTime`. */
  readonly targetTime: string | undefined;
  /** Why a recovery goes on although the old site may still serve; absent: it does not. `recovery:acceptSplitBrain`. */
  readonly acceptSplitBrain: string | undefined;
  /** The site is set up without services, DNS and backups. `smarteros:asStandby`. */
  readonly asStandby: boolean;
  /** When each credential was made; empty: nothing was ever recorded. `smarteros:credentials`. */
  readonly credentials: CredentialRecord;
  /** Hetzner's API, where the configuration has a token for it. */
  readonly hetzner: { readonly endpoint: string; readonly token: string } | undefined;
  /** How the operator's machine reaches S3: the aws provider's own configuration, else the SDK's defaults (environment, profile). */
  readonly aws: {
    readonly region: string;
    readonly endpoint?: string;
    readonly iamEndpoint?: string;
    readonly accessKey?: string;
    readonly secretKey?: string;
    readonly profile?: string;
  };
}

/** Config that cannot be used: every problem at once. */
export class ConfigError extends RunError {
  constructor(public readonly problems: readonly string[]) {
    super(
      `nothing was changed: ${problems.length} problem${problems.length === 1 ? "" : "s"} in the configuration\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
  }
}

type Role = "primary" | "recovery";

const readable = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/**
 * The properties that are compared with one another, each as far as it can be read: so that a contradiction is listed beside the wrong
 * values of other properties.
 */
const comparedSchema = readable(
  z.object({
    generation: readable(z.number()),
    // Written but unreadable is not the same as absent.
    restoreFrom: z.number().optional().catch(Number.NaN),
    drill: readable(z.boolean()),
    host: readable(z.object({ kind: readable(z.enum(["existing", "hetzner"])), address: readable(z.ipv4()) })),
    backups: readable(z.object({ region: readable(z.string()), replicaRegion: readable(z.string()) })),
    dns: readable(z.object({ permitLoopback: readable(z.boolean()) })),
    fence: readable(z.object({ hostingerVirtualMachine: readable(z.number()) })),
  }),
);

/** Checks that need more than one property. */
function crossChecks(rawSite: unknown, isSet: (secret: SecretName) => boolean, role: Role): string[] {
  const { generation, restoreFrom, drill, host, backups, dns, fence } = comparedSchema.parse(rawSite) ?? {};
  const permitLoopback = dns?.permitLoopback === true;
  const problems: string[] = [];
  if (backups?.region !== undefined && backups.region === backups.replicaRegion) {
    problems.push(
      `smarteros:site.backups.replicaRegion: received ${JSON.stringify(backups.replicaRegion)}, which is also the region; allowed: another region; fix: name one on another site`,
    );
  }
  if (restoreFrom !== undefined && generation !== undefined && restoreFrom >= generation) {
    problems.push(
      `smarteros:site.restoreFrom: received ${restoreFrom} with generation ${generation}; allowed: an older generation; fix: raise generation to ${restoreFrom + 1}`,
    );
  }
  if (role === "recovery" && restoreFrom === undefined)
    problems.push(
      "smarteros:site.restoreFrom: missing; allowed: the generation that was lost, which a recovery restores from; fix: set it (1 for the first primary)",
    );
  const kind = role === "recovery" ? "hetzner" : "existing";
  if (host?.kind !== undefined && host.kind !== kind)
    problems.push(
      `smarteros:site.host.kind: received ${JSON.stringify(host.kind)}; allowed: ${kind}, in the ${role} stack; fix: set it, or use the other stack`,
    );
  if (role === "recovery" && host?.kind === "hetzner" && !isSet("recoveryHostKey")) {
    problems.push(
      `smarteros:recoveryHostKey: missing; allowed: a host key to be pinned before the server is ordered; fix: npm run secrets:init -- --stack ${role}`,
    );
  }
  if (restoreFrom !== undefined && !isSet("vaultUnsealShares")) {
    problems.push(
      `smarteros:vaultUnsealShares: missing; allowed: the shares without which the restored Vault cannot be opened; fix: pulumi config set --secret smarteros:vaultUnsealShares '["..."]', from the escrow`,
    );
  }
  if (restoreFrom !== undefined && !isSet("vaultToken")) {
    problems.push(
      "smarteros:vaultToken: missing; allowed: the token that the gateway and the snapshots need; fix: pulumi config set --secret smarteros:vaultToken, from the escrow",
    );
  }
  if (host?.kind === "existing" && host.address !== undefined && !permitLoopback && !isPublicIpv4(host.address)) {
    problems.push(
      `smarteros:site.host.address: received ${JSON.stringify(host.address)}, a private, loopback or example's address, which would become the content of public DNS records; allowed: a public IPv4 address; fix: the VPS's public address, from Hostinger's panel`,
    );
  }
  if (fence !== undefined && restoreFrom === undefined)
    problems.push(
      "smarteros:site.fence: received in a site that replaces no other; allowed: only with restoreFrom; fix: remove it",
    );
  if (fence?.hostingerVirtualMachine !== undefined && !isSet("hostingerToken"))
    problems.push(
      "smarteros:hostingerToken: missing, but smarteros:site.fence.hostingerVirtualMachine is set; allowed: both or neither; fix: pulumi config set --secret smarteros:hostingerToken",
    );
  if (permitLoopback && drill !== true)
    problems.push(
      "smarteros:site.dns.permitLoopback: received true outside a drill; allowed: only together with drill: true; fix: remove it",
    );
  if (drill && !isSet("drillToken"))
    problems.push(
      "smarteros:drillToken: missing, but smarteros:site.drill is true; allowed: both or neither; fix: remove smarteros:site.drill",
    );
  return problems;
}

const secretNames = Object.keys(secretsSchema.shape) as SecretName[];

/** Keys of the namespaces that this program owns; any other is a misspelling. */
const knownKeys = [
  "smarteros:site",
  ...Object.keys(recoverySchema.shape).map((k) => `recovery:${k}`),
  ...Object.keys(modeSchema.shape).map((k) => `smarteros:${k}`),
  ...secretNames.map((k) => `smarteros:${k}`),
];

const parseJsonText = (text: string | undefined): unknown => {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // a plain string, which the schema judges
  }
};

type RawConfig = Readonly<Record<string, string>>;

/** A value, or the problems that it has. */
type Read<T> =
  | { readonly value: T; readonly problems: readonly [] }
  | { readonly value?: undefined; readonly problems: readonly string[] };

function check<T extends z.ZodType>(key: string, schema: T, value: unknown, secret = false): Read<z.infer<T>> {
  const result = schema.safeParse(value);
  return result.success
    ? { value: result.data, problems: [] }
    : { problems: problemsOf(result.error, { key, schema, value, secret }) };
}

const unknownKeys = (all: RawConfig): string[] =>
  Object.keys(all)
    .filter((key) => /^(smarteros|recovery):/.test(key) && !knownKeys.includes(key))
    .map((key) => `${key}: unknown key; allowed: ${knownKeys.join(", ")}; fix: remove it or correct its spelling`);

const readSecret = (all: RawConfig, name: SecretName): Read<unknown> => {
  const schema = secretsSchema.shape[name];
  const raw = all[`smarteros:${name}`];
  const structured = raw !== undefined && (schema instanceof z.ZodObject || /^\s*[[{]/.test(raw));
  return check(`smarteros:${name}`, schema, structured ? parseJsonText(raw) : raw, true);
};

/** A time that was written without quotes: YAML's own kind of value, which the engine hands over as Go prints it. */
const withoutYaml = (time: string | undefined) =>
  time?.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) \+0000 UTC$/, "$1T$2Z");

function readTargetTime(all: RawConfig): Read<string | undefined> {
  const key = "recovery:targetTime";
  const read = check(key, recoverySchema.shape.targetTime, withoutYaml(all[key]));
  if (read.value === undefined || Date.parse(read.value) <= Date.now()) return read;
  return {
    problems: [
      `${key}: received ${JSON.stringify(read.value)}, which is in the future; allowed: a time before the disaster; fix: correct it, or remove it for the newest set`,
    ],
  };
}

function readSite(all: RawConfig, role: Role): Read<SiteConfig> {
  const raw = all["smarteros:site"];
  if (raw === undefined)
    return {
      problems: [
        `smarteros:site: missing; allowed: the properties in docs/configuration.md; fix: take Pulumi.${role}.yaml of this repository as it was committed`,
      ],
    };
  return check("smarteros:site", siteSchema, parseJsonText(raw));
}

/**
 * Reads and checks the whole configuration: the only reader of pulumi.Config.
 * @throws ConfigError with every problem: unknown keys, wrong values, missing secrets, contradictions of the plan.
 */
export function readConfig(role: Role): StackConfig {
  const all = allConfig();
  const site = readSite(all, role);
  const secrets = secretNames.map((name) => [name, readSecret(all, name)] as const);
  const targetTime = readTargetTime(all);
  const accepted = check("recovery:acceptSplitBrain", recoverySchema.shape.acceptSplitBrain, all["recovery:acceptSplitBrain"]);
  const asStandby = check("smarteros:asStandby", modeSchema.shape.asStandby, all["smarteros:asStandby"]);
  const credentials = check(
    "smarteros:credentials",
    modeSchema.shape.credentials,
    parseJsonText(all["smarteros:credentials"]),
  );
  const problems = [
    ...contradictions(plan),
    ...unknownKeys(all),
    ...site.problems,
    ...secrets.flatMap(([, read]) => read.problems),
    ...targetTime.problems,
    ...accepted.problems,
    ...asStandby.problems,
    ...credentials.problems,
    ...(all["smarteros:site"] === undefined
      ? []
      : crossChecks(parseJsonText(all["smarteros:site"]), (name) => all[`smarteros:${name}`] !== undefined, role)),
  ];
  if (site.value === undefined || problems.length > 0) throw new ConfigError(problems);

  const endpoints = parseJsonText(all["aws:endpoints"] ?? "[]") as { s3?: string; iam?: string }[];
  const hetznerToken = all["hcloud:token"] ?? process.env["HCLOUD_TOKEN"];
  return {
    site: site.value,
    secrets: Object.fromEntries(secrets.map(([name, read]) => [name, read.value])) as SiteSecrets,
    targetTime: targetTime.value,
    acceptSplitBrain: accepted.value,
    asStandby: asStandby.value ?? false,
    credentials: credentials.value ?? {},
    hetzner: hetznerToken
      ? { endpoint: all["hcloud:endpoint"] ?? hetznerApi, token: hetznerToken }
      : undefined,
    aws: {
      region: site.value.backups.region,
      endpoint: endpoints.find((e) => e.s3)?.s3,
      iamEndpoint: endpoints.find((e) => e.iam)?.iam,
      accessKey: all["aws:accessKey"],
      secretKey: all["aws:secretKey"],
      profile: all["aws:profile"],
    },
  };
}
