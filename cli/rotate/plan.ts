import type { CredentialRecord } from "../../stacks/secrets/record";
import { credentials, roles, s3Name, type Credential } from "./inventory";
import type { AccessKey } from "./access-keys";

/** Since when a credential is what it is, as far as anybody knows. */
export interface Age {
  /** ISO 8601; undefined: nobody recorded it, so it may be of any age. */
  readonly madeAt?: string;
  readonly by?: string;
  /** It is in the settings and not yet proved to be in force. */
  readonly pending: boolean;
}

/** Of all generations' keys, those of the one that serves. */
export const ofGeneration = (keys: readonly AccessKey[], generation: number | undefined): AccessKey[] =>
  keys.filter((key) => key.generation === generation);

/**
 * Age of every credential: of the S3 keys by IAM's own word, where it was asked, of the others by the record in the settings.
 * @param keys undefined: IAM was not asked, or did not answer
 */
export function agesOf(record: CredentialRecord, keys: readonly AccessKey[] | undefined): ReadonlyMap<string, Age> {
  const oldestKey = (name: string) => {
    const role = roles.find((r) => s3Name(r) === name);
    return keys
      ?.filter((key) => key.role === role && key.active)
      .map(({ createdAt }) => createdAt)
      .sort()[0];
  };
  return new Map(
    credentials.map(({ name }) => {
      const entry = record[name];
      const madeAt = oldestKey(name) ?? entry?.madeAt;
      return [
        name,
        { pending: entry?.pending ?? false, ...(madeAt ? { madeAt } : {}), ...(entry ? { by: entry.by } : {}) },
      ];
    }),
  );
}

/** Seconds; infinite where nobody knows. */
export const ageSeconds = ({ madeAt }: Age, now: number): number =>
  madeAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, (now - Date.parse(madeAt)) / 1_000);

export interface Step extends Credential, Age {
  /** Infinite: not known. */
  readonly ageSeconds: number;
}

export interface Wanted {
  /** Credentials, or all that a name holds ("s3", "databasePasswords"). Empty: every one that the program replaces itself, but for those that must be named. */
  readonly names: readonly string[];
  /** Only those that are older, in seconds. @default all */
  readonly olderThan?: number;
}

/** Credentials that a stack has: those that its settings hold, that were ever recorded, and the keys that every site has. */
export const presentIn = (values: Readonly<Record<string, string>>, record: CredentialRecord): Credential[] =>
  credentials.filter(
    ({ name }) =>
      name.startsWith("s3.") ||
      name === "ssh.operator" ||
      record[name] !== undefined ||
      values[settingOf(name)] !== undefined,
  );

/** Key of the settings. @example settingOf("databasePasswords.odoo") === "smarteros:databasePasswords" */
const settingOf = (name: string) => (name.includes(":") ? name : `smarteros:${name.split(".")[0]}`);

/** Names that are no credential's, and hold none. */
export const unknownNames = (names: readonly string[]): string[] =>
  names.filter((name) => !credentials.some((credential) => isNamed(credential, [name])));

/** By its own name, or by that of its kind. */
export const isNamed = ({ name }: Credential, names: readonly string[]): boolean =>
  names.some((given) => name === given || name.startsWith(`${given}.`));

/**
 * What is replaced, in this order: first what a run that was cut off has begun (it is in the settings already, so the next update applies it
 * whether it is named or not), then the oldest first, and what nobody knows the age of before those.
 */
export function planRotation({ names, olderThan = 0 }: Wanted, ages: ReadonlyMap<string, Age>, now: number): Step[] {
  return credentials
    .map((credential): Step => {
      const age = ages.get(credential.name) ?? { pending: false };
      return { ...credential, ...age, ageSeconds: ageSeconds(age, now) };
    })
    .filter((step) => step.pending || (isWanted(step, names) && step.ageSeconds >= olderThan))
    .sort((a, b) => Number(b.pending) - Number(a.pending) || compareAges(a, b));
}

const isWanted = (step: Credential, names: readonly string[]) =>
  names.length === 0 ? step.way === "program" && !step.onlyNamed : isNamed(step, names);

/** Oldest first; the inventory's order between equals (infinity minus infinity is no number). */
const compareAges = (a: Step, b: Step) => (a.ageSeconds === b.ageSeconds ? 0 : b.ageSeconds - a.ageSeconds);
