import { duration } from "../../drill/report/format";
import { moment } from "../clock";
import { confirm } from "../confirm";
import type { Run, StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { colours } from "../table";
import { begin, drop, factsOf, unfinished, type Begun } from "./host";
import { vaultSteps, writeJournalScript, type RecoverJournal } from "./journal";
import { locked } from "./locked";
import { foldersOf } from "./scripts";
import { sayChecks, type Note, type RecoverOptions } from "./steps";
import { readPgpKeys } from "./vault-pgp";
import { handedOut, type HandedOut } from "./vault-rotation";
import { askShares, knownShares, requireShares, settingNames } from "./vault-shares";
import { isRekeyed, snapshotOf, vaultWork, type VaultWork } from "./vault-steps";
import { vaultWords } from "./vault-words";
import { recoverWords } from "./words";

export interface VaultOptions extends StackOptions, RecoverOptions {
  /** ISO 8601: since when others may have had access. */
  readonly since?: string;
  /** Files of the new holders' public keys, by commas. */
  readonly pgpKeys?: string;
}

/** Paths that are shown; `--json` has all. */
const shown = 20;

/** `smarter recover vault`: takes Vault back from whoever else has a share or a token of it. */
export const run: Run<VaultOptions> = async (given, options) => {
  const { lang } = given;
  const t = vaultWords[lang];
  const pgpKeys = options.pgpKeys === undefined ? undefined : await readPgpKeys(options.pgpKeys.split(","));
  const started = performance.now();
  return locked(given, options, async ({ living, context, say }) => {
    let humans = 0;
    const before = await unfinished(living);
    const begun = await begin(living, context, { folder: "vault", path: null, at: options.at }, say);
    if (begun.entry.at !== null) snapshotOf(begun, lang);
    if (!isRekeyed(begun.entry)) requireShares(living, context);
    if (!begun.resumed)
      say(
        [
          colours().bold(recoverWords[lang].will.title),
          ...forecast(begun, options, pgpKeys, lang).map((line) => `  ${line}`),
        ].join("\n"),
      );
    if (options.dryRun) {
      say(recoverWords[lang].dryRun);
      return exitCodes.ok;
    }
    const waiting = async <T>(forHumans: () => Promise<T>): Promise<T> => {
      const since = performance.now();
      const answer = await forHumans();
      humans += performance.now() - since;
      return answer;
    };
    if (!options.yes) await waiting(() => confirm(living.config.site.domain, context));
    if (before && !begun.resumed) await drop(living, before);

    let journal: RecoverJournal = {
      ...begun.entry,
      vault: begun.entry.vault ?? { done: [], found: null, reads: null },
    };
    const note: Note = async (more) => {
      journal = { ...journal, ...more };
      await living.run(writeJournalScript(journal));
      return journal;
    };
    let asked: Promise<string[]> | undefined;
    const work: VaultWork = {
      living,
      context,
      say,
      begun,
      journal: () => journal,
      note,
      image: (await factsOf(living)).image,
      shares: async () => knownShares(living) ?? (asked ??= waiting(() => askShares(context))),
      since: options.since ?? null,
      pgpKeys,
      folder: process.cwd(),
    };
    try {
      await note({});
      for (const step of vaultSteps) {
        if (journal.vault?.done.includes(step)) continue;
        await vaultWork[step](work);
        const { done, found, reads } = journal.vault ?? { done: [], found: null, reads: null };
        await note({ vault: { done: [...done, step], found, reads } });
      }
    } catch (error) {
      context.output.note(t.resume);
      throw error;
    }
    sayChecks(journal.checks ?? [], say);
    await note({ finishedAt: new Date().toISOString(), outcome: "recovered" });

    const seconds = (performance.now() - started - humans) / 1_000;
    const secrets =
      journal.vault?.reads && journal.vault.found ? handedOut(journal.vault.reads, journal.vault.found, lang) : [];
    tellReads(journal, secrets, options.since, lang, say);
    say(t.recovered(duration(seconds, lang)));
    if (journal.at !== null) say(recoverWords[lang].keptUntil(foldersOf(journal).damaged));
    if (pgpKeys !== undefined) say(t.pgpNext);
    say(t.next(options.stack, options.stack === "primary" ? "recovery" : "primary"));
    say(t.oldBackups);
    if (options.json)
      context.output.print(JSON.stringify({ ...journal, workSeconds: seconds, handedOut: secrets }, null, 2));
    return exitCodes.ok;
  });
};

function forecast(
  begun: Begun,
  options: VaultOptions,
  pgpKeys: readonly string[] | undefined,
  lang: keyof typeof vaultWords,
): string[] {
  const t = vaultWords[lang].will;
  const { entry } = begun;
  return [
    t.seal,
    ...(entry.at === null ? [] : [t.restore(moment(snapshotOf(begun, lang).takenAt, lang), foldersOf(entry).damaged)]),
    t.reads(options.since),
    t.revoke,
    t.rekey(pgpKeys?.length, settingNames.shares),
    t.reopen,
  ];
}

/** What was read, and how each is rotated. */
function tellReads(
  { vault }: RecoverJournal,
  secrets: readonly HandedOut[],
  since: string | undefined,
  lang: keyof typeof vaultWords,
  say: (text: string) => void,
): void {
  const t = vaultWords[lang];
  const { from = null, entries = 0 } = vault?.reads ?? {};
  const devices = vault?.found?.auditDevices ?? [];
  if (devices.length === 0) return say(t.noAudit);
  if (from === null) return say(t.auditElsewhere(devices.join(", ")));
  say(t.logFrom(from, entries));
  if (since !== undefined && Date.parse(from) > Date.parse(since)) say(t.logShort(from, since));
  say(t.handedOut(secrets.length, secrets.filter(({ bySiteAlone }) => !bySiteAlone).length));
  for (const { path, count, by, rotation } of secrets.slice(0, shown))
    say([`  ${t.read(path, count)}`, ...by.map((who) => `    ${who}`), `    ${rotation}`].join("\n"));
  if (secrets.length > shown) say(`  ${t.more(secrets.length - shown)}`);
}
