import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { CipherPasswords } from "../contracts/manifest";
import type { StoreAccess } from "../stacks/backup-store";
import { siteSchema } from "../stacks/config-schema";
import { hetznerApi } from "../stacks/hetzner-api";
import { parseRecord, recordKey, type CredentialRecord } from "../stacks/secrets/record";
import { repoRoot } from "../toolchain/paths";
import { joined, SaidError } from "../words/said";
import type { StackOptions } from "./context";
import { sayError } from "./error-words";

const { domain, generation, restoreFrom, backups, dns, tls, ssh } = siteSchema.shape;

/** What `smarter` needs to know of a site: less than `pulumi up`, so that what is not filled in yet does not blind it. */
const lookedAt = z.object({
  domain,
  generation,
  restoreFrom,
  backups: z.object({ bucket: backups.shape.bucket, region: backups.shape.region }),
  dns: z.object({ zoneId: z.string(), resolvers: dns.shape.resolvers, proxied: dns.shape.proxied }),
  tls,
  ssh: ssh.optional().catch(undefined),
  host: z.object({
    kind: z.enum(["existing", "hetzner"]),
    address: z.string().optional(),
    hostKey: z.string().optional(),
  }),
});
export type LookedAt = z.infer<typeof lookedAt>;

/** Values by configuration key; structured ones as JSON. */
export type RawConfig = Readonly<Record<string, string>>;

export interface Api {
  readonly url: string;
  readonly token?: string;
}

/** The settings of a stack as `smarter` reads them. */
export interface Settings {
  readonly site: LookedAt;
  readonly store: StoreAccess;
  /** IAM's, instead of AWS' own. */
  readonly iamEndpoint?: string;
  /** When each credential was made, as far as it was recorded. */
  readonly credentials: CredentialRecord;
  /** Undefined: the secrets could not be read. */
  readonly passwords?: CipherPasswords;
  readonly cloudflare: Api;
  readonly hetzner: Api;
  /** Private host key of the recovery's server. */
  readonly recoveryHostKey?: string;
}

/** Takes the settings apart. @param environment where else credentials may be @throws Error naming each wrong property */
export function settingsOf(raw: RawConfig, environment: NodeJS.ProcessEnv = process.env): Settings {
  if (raw["smarteros:site"] === undefined) throw new SaidError(sayError("noSite"));
  const site = lookedAt.safeParse(JSON.parse(raw["smarteros:site"]));
  if (!site.success)
    throw new SaidError(
      joined(
        site.error.issues.map((i) => sayError("wrongSetting", `smarteros:site.${i.path.join(".")}`, i.message)),
        "\n",
      ),
    );
  const { postgresCipher, filesCipher } = {
    postgresCipher: raw["smarteros:postgresCipher"],
    filesCipher: raw["smarteros:filesCipher"],
  };
  const endpoints = JSON.parse(raw["aws:endpoints"] ?? "[]") as { s3?: string; iam?: string }[];
  const api = (url: string | undefined, standard: string, token: string | undefined): Api => ({
    url: url ?? standard,
    ...(token ? { token } : {}),
  });
  return {
    site: site.data,
    store: {
      region: site.data.backups.region,
      ...optional("endpoint", endpoints.find((e) => e.s3)?.s3),
      ...optional("accessKey", raw["aws:accessKey"]),
      ...optional("secretKey", raw["aws:secretKey"]),
      ...optional("profile", raw["aws:profile"]),
    },
    ...optional("iamEndpoint", endpoints.find((e) => e.iam)?.iam),
    credentials: parseRecord(raw[recordKey]),
    ...(postgresCipher && filesCipher ? { passwords: { postgres: postgresCipher, files: filesCipher } } : {}),
    cloudflare: api(
      raw["cloudflare:baseUrl"],
      "https://api.cloudflare.com/client/v4",
      raw["cloudflare:apiToken"] ?? environment["CLOUDFLARE_API_TOKEN"],
    ),
    hetzner: api(raw["hcloud:endpoint"], hetznerApi, raw["hcloud:token"] ?? environment["HCLOUD_TOKEN"]),
    ...optional("recoveryHostKey", raw["smarteros:recoveryHostKey"]),
  };
}

const optional = <K extends string>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };

const file = z.object({ config: z.record(z.string(), z.unknown()).default({}) });

/** What a settings file says in clear: for when the engine, or the state's place, does not answer. @throws when it cannot be read */
export async function clearConfig(path: string): Promise<RawConfig> {
  const { config } = file.parse(parse(await readFile(path, "utf8")));
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      isSecret(value) ? [] : [[key, typeof value === "object" ? JSON.stringify(value) : String(value)]],
    ),
  );
}

const isSecret = (value: unknown) => typeof value === "object" && value !== null && "secure" in value;

/** The primary's site, if its settings are at hand and filled in: its address and host key are known from nowhere else. */
export async function primarySite({ configFile, primaryConfigFile }: StackOptions): Promise<LookedAt | undefined> {
  const beside = join(configFile === undefined ? repoRoot() : dirname(resolve(configFile)), "Pulumi.primary.yaml");
  try {
    return settingsOf(await clearConfig(primaryConfigFile ?? beside)).site;
  } catch (error) {
    // A recovery must not need them; named expressly, they are meant to be read.
    if (primaryConfigFile === undefined) return undefined;
    throw error;
  }
}
