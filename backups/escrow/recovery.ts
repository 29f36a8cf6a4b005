import { runtime } from "@pulumi/pulumi";
import { ConfigError, readConfig } from "../../stacks/config";
import type { EscrowContent } from "./content";

/** Settings of a recovery stack: values by configuration key, as text. */
export interface RecoverySettings {
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

export interface RecoveryArgs {
  /** The generation that the recovery begins. @default one more than the site's */
  readonly generation?: number | undefined;
  /** Private host key of the server, when the bundle holds none. */
  readonly hostKey: () => string;
}

/**
 * The settings with which a recovery of the sealed site begins.
 * @throws Error when the generation is not newer than the site's
 */
export function recoverySettings(content: EscrowContent, { generation, hostKey }: RecoveryArgs): RecoverySettings {
  const site = JSON.parse(content.settings["smarteros:site"]!) as { generation: number };
  const next = generation ?? site.generation + 1;
  if (!Number.isInteger(next) || next <= site.generation)
    throw new Error(
      `generation: received ${next}; allowed: a whole number above ${site.generation}, the sealed site's; fix: leave --generation out, or raise it when ${site.generation + 1} was used already`,
    );
  return {
    settings: {
      ...content.settings,
      "smarteros:site": JSON.stringify({
        ...site,
        generation: next,
        restoreFrom: site.generation,
        host: content.recoveryHost,
      }),
    },
    secrets: {
      ...content.secrets,
      "smarteros:recoveryHostKey": content.secrets["smarteros:recoveryHostKey"] ?? hostKey(),
    },
  };
}

/** What the recovery's program would refuse of these settings: nothing, when it would go on. No value of a secret is in it. */
export function refusedByRecovery({ settings, secrets }: RecoverySettings): readonly string[] {
  runtime.setAllConfig({ ...settings, ...secrets });
  try {
    readConfig("recovery");
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}
