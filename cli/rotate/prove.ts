import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { quote } from "../../components/host/scripts";
import { ScriptFailed } from "../../components/host/ssh";
import type { GateCheck } from "../../contracts/gate";
import type { IdentityRole } from "../../components/backup/names";
import type { CredentialRecord } from "../../stacks/secrets/record";
import type { Living } from "../recover/living";
import { accessKeysIn, isAccepted, isMadeSince, type AccessKey, type KeyPair } from "./access-keys";
import { roles, s3Name } from "./inventory";
import type { Step } from "./plan";
import { databaseOf } from "./settings";

/** What a credential was before, where that could be found out; held in memory alone. */
export interface Old {
  readonly keys: ReadonlyMap<IdentityRole, KeyPair>;
  /** By database. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** What is to be proved. */
export interface Proving {
  readonly living: Living;
  readonly steps: readonly Step[];
  /** As they are in the settings now, by database. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly old: Old;
  /** As it was when the rotation had begun. */
  readonly record: CredentialRecord;
}

/** @param refusedWithin seconds in which a deleted key must be refused: IAM tells its places one after the other */
export async function proofs(proving: Proving, { refusedWithin = 60 } = {}): Promise<GateCheck[]> {
  const checks: GateCheck[] = [];
  for (const { name, about } of proving.steps) {
    const role = roles.find((r) => s3Name(r) === name);
    if (role) checks.push(...(await proveKey(proving, role, refusedWithin)));
    else if (about === "databasePasswords") checks.push(...(await provePassword(proving, databaseOf(name))));
    else throw new Error(`${name}: no proof for what the program replaces; fix: add one to cli/rotate/prove.ts`);
  }
  return checks;
}

const keyPair = z.looseObject({ s3AccessKey: z.string(), s3SecretKey: z.string() });

/** Prints a container's file, whether it runs or not. */
const fileScript = (container: string, path: string) => `docker cp ${container}:${path} - | tar --extract --to-stdout --file -`;
const places: Readonly<Record<Exclude<IdentityRole, "reader">, string>> = {
  writer: fileScript("agent", "/run/secrets/agent.json"),
  guard: fileScript("guard", "/run/secrets/guard.json"),
};

/** The key that is in use for a purpose: on the host, or handed to the operator. @throws when it cannot be read */
async function keyInUse(living: Living, role: IdentityRole): Promise<KeyPair> {
  const pair =
    role === "reader"
      ? (await living.engine.secretOutputs())["readerKeys"]
      : JSON.parse(await living.run(places[role]));
  return keyPair.parse(pair);
}

/** What is in force before anything is changed. A key that cannot be read is left out: IAM's list then proves that it is gone. */
export async function oldOnes(living: Living): Promise<Old> {
  const keys = await Promise.all(
    roles.map(async (role) =>
      keyInUse(living, role)
        .then((pair) => [[role, pair] as const])
        .catch(() => []),
    ),
  );
  return { keys: new Map(keys.flat()), passwords: living.config.secrets.databasePasswords };
}

const check = (name: string, ok: boolean, evidence: string): GateCheck => ({ name, ok, evidence });

/** A check that asks somebody who may not answer. */
const asked = (name: string, ask: () => Promise<GateCheck>): Promise<GateCheck> =>
  ask().catch((error: Error) => check(name, false, error.message));

/** That an S3 key made since the rotation began is in force, and none other of its user. */
async function proveKey(
  { living, old, record }: Proving,
  role: IdentityRole,
  refusedWithin: number,
): Promise<GateCheck[]> {
  const { site, aws } = living.config;
  const name = s3Name(role);
  const before = old.keys.get(role);
  const inUse = await keyInUse(living, role).catch((error: Error) => error);
  if (inUse instanceof Error) return [check(name, false, `which key is in use is not known: ${inUse.message}`)];
  const isTaken = (key: KeyPair) => isAccepted(aws, site.backups.bucket, site.generation, key);
  const accepted = `${name}: S3 takes the key in use`;
  const refused = `${name}: S3 refuses the old key`;
  const alone = `${name}: IAM knows one key, made since`;
  return Promise.all([
    asked(accepted, async () => {
      const ok = await isTaken(inUse);
      return check(accepted, ok, `${inUse.s3AccessKey}: ${ok ? `lists g${site.generation}/` : "InvalidAccessKeyId"}`);
    }),
    ...(before && before.s3AccessKey !== inUse.s3AccessKey
      ? [
          asked(refused, async () => {
            const gone = await untilRefused(() => isTaken(before), refusedWithin);
            return check(refused, gone, `${before.s3AccessKey}: ${gone ? "InvalidAccessKeyId" : "still accepted"}`);
          }),
        ]
      : []),
    asked(alone, async () => {
      const keys = ofSameUser(await accessKeysIn({ access: aws, endpoint: aws.iamEndpoint }), inUse.s3AccessKey);
      const ok = keys.length === 1 && isMadeSince(keys[0]!, record[name]!.madeAt);
      const told = keys.map(({ user, id, createdAt }) => `${user}: ${id} of ${createdAt}`).join(", ");
      return check(alone, ok, told || `${inUse.s3AccessKey} is no user's`);
    }),
  ]);
}

/** Keys of the user whose key this is. */
export const ofSameUser = (keys: readonly AccessKey[], id: string): AccessKey[] => {
  const owner = keys.find((key) => key.id === id)?.user;
  return keys.filter(({ user }) => user === owner);
};

async function untilRefused(isTaken: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1_000;
  while (await isTaken()) {
    if (performance.now() > deadline) return false;
    await setTimeout(1_000);
  }
  return true;
}

/** psql's code when it is not let in, or cannot connect. */
const notConnected = 2;

/** Logs in by password over TCP, as an application does; the password is its input. */
export const loginScript = (database: string): string =>
  `docker exec --interactive --user 999 postgres sh -c ${quote(
    'IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql -X -q -At -w -h 127.0.0.1 -U "$1" -d "$1" -c "select current_user"',
  )} sh ${quote(database)}`;

/** That a database's role logs in by the password of the settings, and by the old one no more. */
async function provePassword({ living, passwords, old }: Proving, database: string): Promise<GateCheck[]> {
  const password = passwords[database]!;
  const before = old.passwords[database];
  const name = `databasePasswords.${database}`;
  const accepted = `${name}: PostgreSQL takes the new password`;
  const refused = `${name}: PostgreSQL refuses the old password`;
  const login = async (value: string) => {
    try {
      return (await living.run(loginScript(database), { input: `${value}\n` })).trim();
    } catch (error) {
      if (
        error instanceof ScriptFailed &&
        error.exitCode === notConnected &&
        /password authentication failed/.test(error.stderr)
      )
        return undefined;
      throw error;
    }
  };
  return Promise.all([
    asked(accepted, async () => {
      const role = await login(password);
      return check(
        accepted,
        role === database,
        role === undefined ? "password authentication failed" : `logged in as ${role}`,
      );
    }),
    ...(before !== undefined && before !== password
      ? [
          asked(refused, async () => {
            const role = await login(before);
            return check(
              refused,
              role === undefined,
              role === undefined ? "password authentication failed" : `logged in as ${role}`,
            );
          }),
        ]
      : []),
  ]);
}
