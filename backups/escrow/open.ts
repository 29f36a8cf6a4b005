import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { parseDocument } from "yaml";
import { canonicalJson } from "../../contracts/manifest";
import { siteSchema } from "../../stacks/config-schema";
import { makeRecoveryHostKey } from "../../stacks/secrets/make";
import { missingElsewhere } from "../../stacks/secrets/missing";
import type { PulumiConfig } from "../../stacks/secrets/pulumi-config";
import { decrypt } from "./age";
import { recoverySettings, refusedByRecovery, type RecoverySettings } from "./recovery";

export interface OpenArgs {
  /** Text of the bundle. */
  readonly bundle: string;
  readonly identities: readonly string[];
  /** The recovery's stack, which exists. */
  readonly config: PulumiConfig;
  /** Its settings file, which the engine reads too. */
  readonly configFile: string;
  /** @default one more than the sealed site's */
  readonly generation?: number | undefined;
  /** Replaces what is set otherwise. @default false */
  readonly force?: boolean | undefined;
}

export interface OpenResult {
  readonly generation: number;
  readonly restoreFrom: number;
  readonly sealedAt: string;
  /** Names alone. */
  readonly set: readonly string[];
  /** Still to be had: credentials of the clouds. */
  readonly missing: readonly { readonly what: string; readonly from: string }[];
}

/**
 * Makes the settings of the recovery's stack from the bundle alone. Run again, it goes on where it stopped.
 * @throws Error before anything is set: a key that does not open, settings that the recovery would refuse, other values that are set
 */
export async function open(args: OpenArgs): Promise<OpenResult> {
  const { config, configFile, force = false } = args;
  const content = await decrypt(args.bundle, args.identities);
  const listed = await config.list();
  const set = await config.values(Object.keys(listed));
  const wanted = recoverySettings(content, {
    generation: args.generation,
    hostKey: () => set.get("smarteros:recoveryHostKey") ?? makeRecoveryHostKey(),
  });
  const problems = refusedByRecovery(wanted);
  if (problems.length > 0)
    throw new Error(`the recovery would refuse these settings:\n${problems.map((p) => `  - ${p}`).join("\n")}`);
  const differing = differingFrom(set, wanted);
  if (differing.length > 0 && !force)
    throw new Error(
      `stack ${config.stack} has other values of ${differing.join(", ")}; nothing was changed; fix: --force replaces them, or name another stack`,
    );

  await writeSettings(configFile, wanted.settings);
  for (const [key, value] of Object.entries(wanted.secrets)) {
    if (set.get(key) !== value) await config.setSecret(key, value);
  }
  const { generation, restoreFrom } = JSON.parse(wanted.settings["smarteros:site"]!) as OpenResult;
  return {
    generation,
    restoreFrom,
    sealedAt: content.sealedAt,
    set: [...Object.keys(wanted.settings), ...Object.keys(wanted.secrets)],
    missing: missingElsewhere(listed, process.env, true),
  };
}

/** What somebody set on purpose: other secrets, and a site that is filled in (the committed example is not). */
function differingFrom(set: ReadonlyMap<string, string>, wanted: RecoverySettings): string[] {
  const secrets = Object.entries(wanted.secrets).flatMap(([key, value]) =>
    set.has(key) && set.get(key) !== value ? [key] : [],
  );
  const key = "smarteros:site";
  const site: unknown = JSON.parse(set.get(key) ?? "{}");
  const other = canonicalJson(site) !== canonicalJson(JSON.parse(wanted.settings[key]!));
  return other && siteSchema.safeParse(site).success ? [key, ...secrets] : secrets;
}

/** As maps, for people who read and change them; what else is in the file stays. Replaced as a whole or not at all. */
async function writeSettings(file: string, settings: RecoverySettings["settings"]): Promise<void> {
  const document = parseDocument(existsSync(file) ? await readFile(file, "utf8") : "");
  for (const [key, text] of Object.entries(settings)) {
    document.setIn(["config", key], document.createNode(/^[[{]/.test(text) ? JSON.parse(text) : text));
  }
  const next = `${file}.${process.pid}.tmp`;
  await writeFile(next, document.toString({ lineWidth: 0 }));
  await rename(next, file);
}
