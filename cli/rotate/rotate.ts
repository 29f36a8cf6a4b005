import type { GateCheck } from "../../contracts/gate";
import { duration } from "../../drill/report/format";
import { UpFailed } from "../../engine/up";
import type { CredentialRecord } from "../../stacks/secrets/record";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import { nextBackup } from "../recover/host";
import type { Living } from "../recover/living";
import type { Opened } from "../recover/locked";
import { sayChecks } from "../recover/steps";
import { settingsOf } from "../settings";
import { colours } from "../table";
import { accessKeysIn, deleteKeys, orphans, type AccessKey } from "./access-keys";
import { apply } from "./apply";
import { measuringAway } from "./away";
import { roles, s3Name } from "./inventory";
import type { Step } from "./plan";
import { oldOnes, proofs, type Proving } from "./prove";
import type { RotationSettings } from "./settings";
import { rotateWords } from "./words";

/** What a rotation ended with. */
export interface Rotated {
  readonly rotated: readonly string[];
  readonly checks: readonly GateCheck[];
  /** Seconds for which each published service did not answer. */
  readonly away: Readonly<Record<string, number>>;
  /** The backup set that was made with the new keys; null: none of them makes backups. */
  readonly backup: string | null;
}
export const nothingRotated: Rotated = { rotated: [], checks: [], away: {}, backup: null };

/**
 * Makes the new values, has the engine put them in force all at once, so that each service restarts once, proves them, and notes it.
 * @throws OperatorError when one cannot be put in force, or proved: then it has said what is in force, and the same command goes on
 */
export async function rotate(
  { living, context, say }: Opened,
  settings: RotationSettings,
  steps: readonly Step[],
  now: Date,
): Promise<Rotated> {
  const { lang, output } = context;
  const t = rotateWords[lang];
  const started = performance.now();
  const old = await oldOnes(living);
  const passwords = await settings.begin(steps, old.passwords, now.toISOString());
  const record = await settings.record();
  const proving: Proving = { living, steps, passwords, old, record };
  say(t.begun(steps.length));
  try {
    say(t.applying);
    const { away, applied } = await putInForce({ living, context, say }, record);
    for (const [service, gone] of Object.entries(away)) if (gone > 0) say(`  ${t.away(service, duration(gone, lang))}`);
    const checks = await proofs(proving);
    sayChecks(checks, say);
    const failed = checks.filter(({ ok }) => !ok).map(({ name }) => name);
    if (failed.length > 0) throw new OperatorError(t.notProved(failed.join("; ")), exitCodes.failed);
    say(t.backup);
    const backup = await nextBackup(living, context, applied);
    const rotated = steps.map(({ name }) => name);
    await settings.finish(rotated);
    say(t.rotated(rotated.length, backup, duration((performance.now() - started) / 1_000, lang)));
    if (steps.some(({ about }) => about === "databasePasswords"))
      say(colours().yellow(t.otherStack(living.engine.stack)));
    return { rotated, checks, away, backup };
  } catch (error) {
    output.note(t.resume);
    if (!(error instanceof UpFailed)) throw error;
    say(t.inForce);
    sayChecks(await proofs(proving, { refusedWithin: 0 }), say);
    throw new OperatorError(error.message, exitCodes.failed, { cause: error });
  }
}

/**
 * One update; a second one where the first had no room for a key, because of one that nobody noted.
 * @returns for how long each service was away, and when it was over
 */
async function putInForce(
  { living, context, say }: Opened,
  record: CredentialRecord,
): Promise<Pick<Rotated, "away"> & { readonly applied: string }> {
  const { lang, signal } = context;
  const t = rotateWords[lang];
  const update = () =>
    apply({
      engine: living.engine,
      signal,
      onWait: ({ pid, since }) => say(t.waits(pid, since)),
      heldBy: ({ user, host, pid, since }) => t.heldBy(user, host, pid, since),
    });
  const takenBack = async () => {
    const left = await takeBack(living, record);
    if (left.length > 0) say(t.takenBack(left.map(({ user, id }) => `${user}: ${id}`).join(", ")));
    return left.length > 0;
  };
  const { away } = await measuringAway(settingsOf(living.clear.values).site, signal, async () => {
    await update().catch(async (error: unknown) => {
      if (!(error instanceof UpFailed) || !(await takenBack())) throw error;
      await update();
    });
  });
  await takenBack();
  return { away, applied: new Date().toISOString() };
}

/**
 * Deletes the keys that an engine made and was killed before it noted them: a user may have two, and needs the room. Only ever after an update
 * of our own: an engine that still works may be about to note one.
 */
async function takeBack({ engine, config }: Living, record: CredentialRecord): Promise<AccessKey[]> {
  const begun = Object.fromEntries(
    roles.flatMap((role) => {
      const entry = record[s3Name(role)];
      return entry?.pending ? [[role, entry.madeAt]] : [];
    }),
  );
  if (Object.keys(begun).length === 0) return [];
  const iam = { access: config.aws, endpoint: config.aws.iamEndpoint };
  const [listed, users, keys] = await Promise.all([
    accessKeysIn(iam),
    engine.idsOf("aws:iam/user:User"),
    engine.idsOf("aws:iam/accessKey:AccessKey"),
  ]);
  const left = orphans(listed, { users, keys }, begun);
  await deleteKeys(iam, left);
  return left;
}
