import type { ListedConfig } from "./pulumi-config";

interface Credential {
  /** As the configuration names it. */
  readonly what: string;
  /** Any of these in the configuration is enough. */
  readonly keys: readonly string[];
  /** Any of these in the environment is enough. */
  readonly variables: readonly string[];
  readonly from: string;
}

const hetzner: Credential = {
  what: "hcloud:token",
  keys: ["hcloud:token"],
  variables: ["HCLOUD_TOKEN"],
  from: "Hetzner Cloud Console -> the project -> Security -> API tokens, read and write; pulumi config set --secret hcloud:token",
};
const everywhere: readonly Credential[] = [
  {
    what: "cloudflare:apiToken",
    keys: ["cloudflare:apiToken"],
    variables: ["CLOUDFLARE_API_TOKEN"],
    from: "Cloudflare -> My Profile -> API Tokens, Zone DNS Edit on the site's zone alone; pulumi config set --secret cloudflare:apiToken",
  },
  {
    what: "aws credentials",
    keys: ["aws:accessKey"],
    variables: ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"],
    from: "AWS IAM, an operator who may make buckets and identities; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, in the environment, or the default profile of ~/.aws",
  },
];

/** Credentials of the clouds that are neither in the configuration nor in the environment, and where each is to be had. */
export function missingElsewhere(
  set: ListedConfig,
  environment: Readonly<Record<string, string | undefined>>,
  ordersServer: boolean,
): { what: string; from: string }[] {
  return [...(ordersServer ? [hetzner] : []), ...everywhere]
    .filter(({ keys, variables }) => !keys.some((key) => set[key]) && !variables.some((name) => environment[name]))
    .map(({ what, from }) => ({ what, from }));
}
