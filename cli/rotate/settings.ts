import { operatorName } from "../../stacks/backup-store";
import { PulumiConfig } from "../../stacks/secrets/pulumi-config";
import { credentialRecord, parseRecord, recordKey, type CredentialRecord } from "../../stacks/secrets/record";
import { newSecret } from "../../toolchain/sshkeys";
import { repoRoot } from "../../toolchain/paths";
import type { StackEngine } from "../engine";
import type { Step } from "./plan";

/** Where the new values and the record are written: the settings of the stack, by the engine's own commands. */
export class RotationSettings {
  private readonly config: PulumiConfig;

  /** @param cwd folder of the project. @default the repository's */
  constructor({ access }: Pick<StackEngine, "access">, cwd = repoRoot()) {
    this.config = new PulumiConfig({ ...access, cwd });
  }

  async record(): Promise<CredentialRecord> {
    return parseRecord((await this.config.list())[recordKey]?.value);
  }

  /**
   * New values for what is not begun yet, and the note that they are there: from then on the engine's next update puts them in force. Cut off in
   * between, nothing is noted, and the next run makes others.
   * @param passwords those of the settings, by database @returns the passwords as they are now
   */
  async begin(
    steps: readonly Step[],
    passwords: Readonly<Record<string, string>>,
    now: string,
  ): Promise<Readonly<Record<string, string>>> {
    const fresh = steps.filter(({ pending }) => !pending);
    if (fresh.length === 0) return passwords;
    const changed = withNewPasswords(passwords, fresh, () => newSecret(24));
    if (changed !== passwords) await this.config.setSecret("smarteros:databasePasswords", JSON.stringify(changed));
    await this.write(noted(await this.record(), fresh, { madeAt: now, by: operatorName(), pending: true }));
    return changed;
  }

  /** What is proved to be in force, or what a person has changed. */
  async finish(names: readonly string[]): Promise<void> {
    await this.write(finished(await this.record(), names));
  }

  /** What a person has changed: they say so. */
  async changedBy(steps: readonly Step[], now: string): Promise<void> {
    await this.write(noted(await this.record(), steps, { madeAt: now, by: operatorName() }));
  }

  private async write(record: CredentialRecord): Promise<void> {
    await this.config.set(recordKey, JSON.stringify(credentialRecord.parse(record)));
  }
}

/** The same object when no database's password is among the steps. */
export function withNewPasswords(
  passwords: Readonly<Record<string, string>>,
  steps: readonly Step[],
  make: () => string,
): Readonly<Record<string, string>> {
  const databases = steps.filter(({ about }) => about === "databasePasswords").map(({ name }) => databaseOf(name));
  if (databases.length === 0) return passwords;
  return { ...passwords, ...Object.fromEntries(databases.map((database) => [database, make()])) };
}

/** @example databaseOf("databasePasswords.odoo") === "odoo" */
export const databaseOf = (name: string): string => name.slice("databasePasswords.".length);

export const noted = (
  record: CredentialRecord,
  steps: readonly Step[],
  entry: CredentialRecord[string],
): CredentialRecord => ({
  ...record,
  ...Object.fromEntries(steps.map(({ name }) => [name, entry])),
});

export const finished = (record: CredentialRecord, names: readonly string[]): CredentialRecord =>
  Object.fromEntries(
    Object.entries(record).map(([name, { madeAt, by, pending }]) => [
      name,
      { madeAt, by, ...(pending && !names.includes(name) ? { pending } : {}) },
    ]),
  );
