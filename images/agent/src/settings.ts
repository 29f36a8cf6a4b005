import { readFile } from "node:fs/promises";
import { z } from "zod";
import { agentConfig, type AgentConfig, agentSecrets, type AgentSecrets } from "../../../contracts/agent";

/** Where the agent finds and keeps things; the defaults are those of its image. */
export interface Places {
  configFile: string;
  secretsFile: string;
  /** tmpfs: holds configuration files with secrets (mode 0600), and Vault's snapshot while it is sent. */
  runDir: string;
  /** A volume: what the agent remembers, and restic's cache, without which every backup would have to read what its writer may not read. */
  cacheDir: string;
  /** WAL fetched ahead, and pgBackRest's locks. */
  spoolDir: string;
}

export interface Settings extends Places {
  config: AgentConfig;
  secrets: AgentSecrets;
}

/** @throws naming the file, and each property that is missing or wrong */
export async function readSettings(places: Places): Promise<Settings> {
  const config = await readJson(places.configFile, agentConfig);
  const secrets = await readJson(places.secretsFile, agentSecrets);
  if (config.vault && !secrets.vaultToken) {
    throw new Error(
      `${places.secretsFile}: vaultToken is missing, but ${places.configFile} says that Vault at ${config.vault.address} is backed up; ` +
        `fix: add the token, or remove "vault" from the config`,
    );
  }
  return { ...places, config, secrets };
}

/** @throws naming the file, and each property that is missing or wrong */
export async function readJson<T extends z.ZodType>(file: string, schema: T): Promise<z.infer<T>> {
  return parseJson(await readFile(file, "utf8"), file, schema);
}

/** @param from named in the error: the file, or "stdin" */
export function parseJson<T extends z.ZodType>(text: string, from: string, schema: T): z.infer<T> {
  const parsed = schema.safeParse(jsonOf(text, from));
  if (parsed.success) return parsed.data;
  throw new Error(`${from} is not what is expected:\n${z.prettifyError(parsed.error)}`);
}

// JSON.parse quotes the text around the error, which may be a secret.
function jsonOf(text: string, from: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`${from} is not JSON (${text.length} characters; not shown: they may be secret)`);
  }
}
