// Not the whole SDK, which takes most of a second to load: `smarter` reads the configuration too.
import { RunError } from "@pulumi/pulumi/errors";
import { allConfig } from "@pulumi/pulumi/runtime/config";
import { z } from "zod";
import { contradictions } from "../plan/checks";
import { plan } from "../plan/plan";
import { joined, verbatim, type Said } from "../words/said";
import { problemsOf } from "./config-problems";
import { item, sayConfig } from "./problem-words";
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
  /** This generation takes over from a site that still serves, and that the program takes out of service. `recovery:switchover`. */
  readonly switchover: boolean;
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
  /** The whole, in the reader's language; the error's own text is English. */
  readonly said: Said;

  constructor(readonly told: readonly Said[]) {
    const said = sayConfig("refused", told.length, joined(told.map(item), "\n"));
    super(said("en"));
    this.said = said;
  }

  /** In English, one each. */
  get problems(): readonly string[] {
    return this.told.map((problem) => problem("en"));
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
function crossChecks(rawSite: unknown, isSet: (secret: SecretName) => boolean, role: Role): Said[] {
  const { generation, restoreFrom, drill, host, backups, dns, fence } = comparedSchema.parse(rawSite) ?? {};
  const permitLoopback = dns?.permitLoopback === true;
  const problems: Said[] = [];
  if (backups?.region !== undefined && backups.region === backups.replicaRegion)
    problems.push(sayConfig("sameRegion", JSON.stringify(backups.replicaRegion)));
  if (restoreFrom !== undefined && generation !== undefined && restoreFrom >= generation)
    problems.push(sayConfig("notOlder", restoreFrom, generation));
  if (role === "recovery" && restoreFrom === undefined) problems.push(sayConfig("noRestoreFrom"));
  const kind = role === "recovery" ? "hetzner" : "existing";
  if (host?.kind !== undefined && host.kind !== kind)
    problems.push(sayConfig("hostKind", JSON.stringify(host.kind), kind, role));
  if (role === "recovery" && host?.kind === "hetzner" && !isSet("recoveryHostKey"))
    problems.push(sayConfig("noHostKey", role));
  if (restoreFrom !== undefined && !isSet("vaultUnsealShares")) problems.push(sayConfig("noShares"));
  if (restoreFrom !== undefined && !isSet("vaultToken")) problems.push(sayConfig("noVaultToken"));
  if (host?.kind === "existing" && host.address !== undefined && !permitLoopback && !isPublicIpv4(host.address))
    problems.push(sayConfig("notPublic", JSON.stringify(host.address)));
  if (fence !== undefined && restoreFrom === undefined) problems.push(sayConfig("fenceOfNothing"));
  if (fence?.hostingerVirtualMachine !== undefined && !isSet("hostingerToken"))
    problems.push(sayConfig("noHostingerToken"));
  if (permitLoopback && drill !== true) problems.push(sayConfig("loopback"));
  if (drill && !isSet("drillToken")) problems.push(sayConfig("noDrillToken"));
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
  | { readonly value?: undefined; readonly problems: readonly Said[] };

function check<T extends z.ZodType>(key: string, schema: T, value: unknown, secret = false): Read<z.infer<T>> {
  const result = schema.safeParse(value);
  return result.success
    ? { value: result.data, problems: [] }
    : { problems: problemsOf(result.error, { key, schema, value, secret }) };
}

const unknownKeys = (all: RawConfig): Said[] =>
  Object.keys(all)
    .filter((key) => /^(smarteros|recovery):/.test(key) && !knownKeys.includes(key))
    .map((key) => sayConfig("unknownKey", key, knownKeys.join(", ")));

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
  return { problems: [sayConfig("future", key, JSON.stringify(read.value))] };
}

function readSite(all: RawConfig, role: Role): Read<SiteConfig> {
  const raw = all["smarteros:site"];
  if (raw === undefined) return { problems: [sayConfig("noSite", role)] };
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
  const switchover = check("recovery:switchover", recoverySchema.shape.switchover, all["recovery:switchover"]);
  const asStandby = check("smarteros:asStandby", modeSchema.shape.asStandby, all["smarteros:asStandby"]);
  const credentials = check(
    "smarteros:credentials",
    modeSchema.shape.credentials,
    parseJsonText(all["smarteros:credentials"]),
  );
  const problems = [
    ...contradictions(plan).map((text) => verbatim(text)),
    ...unknownKeys(all),
    ...site.problems,
    ...secrets.flatMap(([, read]) => read.problems),
    ...targetTime.problems,
    ...accepted.problems,
    ...switchover.problems,
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
    switchover: switchover.value === site.value.generation,
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
