import { setInterval } from "node:timers/promises";
import { z } from "zod";
import { quote } from "../../components/host/scripts";
import { ScriptFailed } from "../../components/host/ssh";
import type { GateCheck } from "../../contracts/gate";
import type { IdentityRole } from "../../components/backup/names";
import type { Living } from "../recover/living";
import { accessKeysIn, isAccepted, type AccessKey, type KeyPair } from "./access-keys";
import { roles, s3Name } from "./inventory";

/** What a credential was before, where that could be found out; held in memory alone. */
export interface Old {
  readonly keys: ReadonlyMap<IdentityRole, KeyPair>;
  /** By database. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** Seconds in which a deleted key must be refused everywhere: IAM tells its places one after the other. */
const refusedWithin = 60;

const keyPair = z.looseObject({ s3AccessKey: z.string(), s3SecretKey: z.string() });

/** Prints a container's file, whether it runs or not. */
const fileScript = (container: string, path: string) => `docker cp ${container}:${path} - | tar --extract --to-stdout`;
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

/** That one S3 key is in force, and none other of its user. */
export async function proveKey(living: Living, role: IdentityRole, old: Old): Promise<GateCheck[]> {
  const { site, aws } = living.config;
  const { bucket } = site.backups;
  const inUse = await keyInUse(living, role).catch((error: Error) => error);
  if (inUse instanceof Error) return [check(s3Name(role), false, `which key is in use is not known: ${inUse.message}`)];
  const before = old.keys.get(role);
  const name = s3Name(role);
  const replaced = before !== undefined && before.s3AccessKey !== inUse.s3AccessKey;
  const accepted = `${name}: S3 takes the key in use`;
  const refused = `${name}: S3 refuses the old key`;
  const alone = `${name}: IAM knows one key`;
  return Promise.all([
    asked(accepted, async () => {
      const ok = await isAccepted(aws, bucket, site.generation, inUse);
      return check(accepted, ok, `${inUse.s3AccessKey}: ${ok ? `lists g${site.generation}/` : "InvalidAccessKeyId"}`);
    }),
    ...(replaced
      ? [
          asked(refused, async () => {
            const gone = await untilRefused(() => isAccepted(aws, bucket, site.generation, before));
            return check(
              refused,
              gone,
              `${before.s3AccessKey}: ${gone ? "InvalidAccessKeyId" : `still accepted after ${refusedWithin} s`}`,
            );
          }),
        ]
      : []),
    asked(alone, async () => {
      const keys = ofSameUser(await accessKeysIn({ access: aws, endpoint: aws.iamEndpoint }), inUse.s3AccessKey);
      return check(
        alone,
        keys.length === 1,
        keys.map(({ user, id }) => `${user}: ${id}`).join(", ") || "no user has the key in use",
      );
    }),
  ]);
}

/** Keys of the user whose key this is. */
export const ofSameUser = (keys: readonly AccessKey[], id: string): AccessKey[] => {
  const owner = keys.find((key) => key.id === id)?.user;
  return keys.filter(({ user }) => user === owner);
};

async function untilRefused(isTaken: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + refusedWithin * 1_000;
  if (!(await isTaken())) return true;
  for await (const _ of setInterval(1_000)) {
    if (!(await isTaken())) return true;
    if (performance.now() > deadline) break;
  }
  return false;
}

/** psql's code when it is not let in, or cannot connect. */
const notConnected = 2;

/** Logs in by password over TCP, as an application does; the password is its input. */
export const loginScript = (database: string): string =>
  `docker exec --interactive --user 999 postgres sh -c ${quote(
    'IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql -X -q -At -w -h 127.0.0.1 -U "$1" -d "$1" -c "select current_user"',
  )} sh ${quote(database)}`;

/** That a database's role logs in by the password of the settings, and by the old one no more. */
export async function provePassword(
  living: Living,
  database: string,
  password: string,
  old: Old,
): Promise<GateCheck[]> {
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
