import { setAllConfig } from "@pulumi/pulumi/runtime/config";
import { z } from "zod";
import { runOverSsh, type RunOptions, type SshHost } from "../../components/host/ssh";
import { vaultEscrow, type VaultEscrow } from "../../contracts/vault";
import { ConfigError, readConfig, type StackConfig } from "../../stacks/config";
import { readBackups } from "../backups";
import { OperatorError, type StackOptions } from "../context";
import { StackEngine, type ClearConfig } from "../engine";
import { sayError } from "../error-words";
import { exitCodes } from "../exit-codes";
import { hostAccess } from "../inside";
import type { Language } from "../language";
import { errorSaid, type Said } from "../said";
import { settingsOf } from "../settings";
import { recoverWords } from "./words";

const outputs = z.object({
  address: z.string(),
  readerKeys: z.object({ s3AccessKey: z.string(), s3SecretKey: z.string() }).optional(),
  vaultEscrow: vaultEscrow.optional(),
});

/** A site that lives, and everything that a recovery on its own host needs. */
export interface Living {
  readonly engine: StackEngine;
  readonly clear: ClearConfig;
  readonly config: StackConfig;
  readonly address: string;
  readonly host: SshHost;
  /** Read the backups of this very generation. Secret. */
  readonly readerKeys: { readonly s3AccessKey: string; readonly s3SecretKey: string };
  /** Vault's shares and token, as its first start put them out, until they are settings. Secret. */
  readonly vaultEscrow?: VaultEscrow;
  /** Runs a script as root on its host. */
  run(script: string, options?: RunOptions): Promise<string>;
}

const refused = (said: string | Said, cause?: unknown) => new OperatorError(said, exitCodes.refused, { cause });

/** Finds the site of a stack. Changes nothing. @throws OperatorError with what is missing, and the fix */
export async function findLiving(options: StackOptions, lang: Language, signal: AbortSignal): Promise<Living> {
  const { stack } = options;
  if (stack !== "recovery" && stack !== "primary")
    throw refused(sayError("otherStack", stack, "recovery, primary", "primary"));
  // SMARTER_CONFIG_FILE is the recovery's settings: of both, the primary's own are meant.
  const configFile = (stack === "primary" ? options.primaryConfigFile : undefined) ?? options.configFile;
  const engine = await StackEngine.find({ stack, ...(configFile === undefined ? {} : { configFile }) });
  const [clear, said] = await Promise.all([engine.config(signal), engine.secretOutputs(signal)]).catch(
    (cause: Error) => {
      throw refused(errorSaid(cause), cause);
    },
  );
  const found = outputs.safeParse(said);
  if (!found.success || !found.data.readerKeys) throw refused(recoverWords[lang].noOutputs(stack));
  const config = configOf(clear, stack);
  await requireActive(config, clear, lang);
  const { address, readerKeys, vaultEscrow } = found.data;
  const settings = settingsOf(clear.values);
  const access = await hostAccess(address, settings, settings.site);
  const host = { host: address, user: access.user, privateKey: access.privateKey, hostKey: access.hostKey };
  return {
    engine,
    clear,
    config,
    address,
    host,
    readerKeys,
    ...(vaultEscrow ? { vaultEscrow } : {}),
    run: (script, how) => runOverSsh(host, script, { signal, ...how }),
  };
}

/** The settings, checked. @throws OperatorError with every problem */
export function configOf(clear: ClearConfig, stack: "primary" | "recovery"): StackConfig {
  try {
    setAllConfig({ ...clear.values }, [...clear.secretKeys]);
    return readConfig(stack);
  } catch (error) {
    if (error instanceof ConfigError) throw refused(error.said, error);
    throw error;
  }
}

/** A host whose generation no longer serves must not be recovered in its place. */
async function requireActive({ site }: StackConfig, clear: ClearConfig, lang: Language): Promise<void> {
  const { store, passwords } = settingsOf(clear.values);
  const { active } = await readBackups(store, site.backups.bucket, passwords).catch((cause: Error) => {
    throw refused(errorSaid(cause), cause);
  });
  if (active !== site.generation) throw refused(recoverWords[lang].notActive(site.generation, active));
}
