import { z } from "zod";
import type { VaultFound } from "../../../../contracts/vault-harden";
import type { VaultClient } from "../vault-client";
import { sitePolicyName } from "../vault-site";

const token = z.object({
  data: z.object({
    display_name: z.string(),
    policies: z.array(z.string()),
    issue_time: z.string().optional(),
    creation_time: z.number(),
  }),
});
const keyStatus = z.object({ data: z.object({ term: z.number() }) });

/** Term of the barrier key that encrypts what is written now. */
export const keyTerm = async (root: VaultClient): Promise<number> =>
  keyStatus.parse(await root.read("sys/key-status")).data.term;

/** Who has access, besides the token that asks. */
export async function look(root: VaultClient): Promise<VaultFound> {
  const { n, t } = await root.sealStatus();
  const auth = await authMethods(root);
  return {
    shares: n,
    threshold: t,
    keyTerm: await keyTerm(root),
    auditDevices: await root.auditDevices(),
    tokens: await tokens(root),
    leases: await secretLeases(root),
    secretIds: await secretIdCounts(root),
    foreign: {
      authMethods: Object.keys(auth).filter((path) => auth[path] !== "token"),
      policies: (await root.list("sys/policies/acl")).filter(
        (name) => !["default", "root", sitePolicyName].includes(name),
      ),
    },
  };
}

const mounts = z.object({ data: z.record(z.string(), z.object({ type: z.string() })) });

/** Type by path. */
async function authMethods(root: VaultClient): Promise<Record<string, string>> {
  const { data } = mounts.parse(await root.read("sys/auth"));
  return Object.fromEntries(Object.entries(data).map(([path, { type }]) => [path, type]));
}

/** Accessors of every token but the one that asks. */
export async function otherAccessors(root: VaultClient): Promise<string[]> {
  const self = z.object({ data: z.object({ accessor: z.string() }) }).parse(await root.read("auth/token/lookup-self"))
    .data.accessor;
  return (await root.list("auth/token/accessors")).filter((accessor) => accessor !== self);
}

/** Every token but the one that asks. */
export async function tokens(root: VaultClient): Promise<VaultFound["tokens"]> {
  const found: VaultFound["tokens"] = [];
  for (const accessor of await otherAccessors(root)) {
    const { data } = token.parse(await root.write("auth/token/lookup-accessor", { accessor }));
    found.push({
      accessor,
      kind: data.policies.includes("root") ? "root" : data.policies.includes(sitePolicyName) ? "site" : "other",
      displayName: data.display_name,
      policies: data.policies,
      issuedAt: data.issue_time ?? new Date(data.creation_time * 1_000).toISOString(),
    });
  }
  return found;
}

/** Every lease of a secret, by its id. Those below `auth/` are the tokens' own. */
export async function secretLeases(root: VaultClient, below = ""): Promise<string[]> {
  const names = await root.list(`sys/leases/lookup/${below}`);
  const found = await Promise.all(
    names
      .map((name) => `${below}${name}`)
      .filter((path) => path !== "auth/")
      .map((path) => (path.endsWith("/") ? secretLeases(root, path) : [path])),
  );
  return found.flat();
}

/** One AppRole, and the accessors of its secret ids. */
export interface SecretIds {
  /** @example "auth/approle/role/ci" */
  readonly role: string;
  readonly accessors: readonly string[];
}

export async function secretIds(root: VaultClient): Promise<SecretIds[]> {
  const auth = await authMethods(root);
  const found: SecretIds[] = [];
  for (const path of Object.keys(auth).filter((one) => auth[one] === "approle"))
    for (const name of await root.list(`auth/${path}role`)) {
      const role = `auth/${path}role/${name}`;
      found.push({ role, accessors: await root.list(`${role}/secret-id`) });
    }
  return found;
}

const secretIdCounts = async (root: VaultClient): Promise<VaultFound["secretIds"]> =>
  (await secretIds(root)).map(({ role, accessors }) => ({ role, ids: accessors.length }));
