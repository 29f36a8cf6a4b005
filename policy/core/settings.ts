import type { SiteConfig } from "../../stacks/config";

/** What of a stack's configuration the policies need. */
export interface Settings {
  /** "primary", "recovery", "verify", or what else a program under test is called. */
  readonly stack: string;
  /** True in a drill, whose hosts are on loopback. */
  readonly permitLoopback: boolean;
  /** True in a drill. */
  readonly drill: boolean;
  /** Values that the configuration keeps secret, as text. */
  readonly secrets: readonly string[];
}

/** Shorter secrets are not looked for: a short text is found by chance. */
const shortestSecret = 8;

/**
 * True in the rehearsal of a recovery (stacks/verification.ts): its host holds a copy for an hour, and must be destroyable. The program knows
 * the stack by the same name.
 */
export const isRehearsal = ({ stack }: Pick<Settings, "stack">): boolean => stack === "verify";

/** A configuration that says nothing is judged as strictly as there is. */
export const strictest: Settings = { stack: "", permitLoopback: false, drill: false, secrets: [] };

const parsed = (raw: string): unknown => {
  try {
    return JSON.parse(raw);
  } catch {
    return raw; // a plain text
  }
};

/** Every text inside a configured value, which may be JSON. */
function texts(raw: string): string[] {
  const walk = (value: unknown): string[] =>
    typeof value === "string"
      ? [value]
      : typeof value === "object" && value !== null
        ? Object.values(value).flatMap(walk)
        : [];
  const value = parsed(raw);
  return typeof value === "object" ? walk(value) : [raw];
}

/**
 * Reads what the engine tells every policy pack of its stack. Whether the configuration is valid is the program's to say (stacks/config.ts):
 * what is not plainly there counts as not permitted.
 */
export function settingsOf(
  stack: string,
  config: ReadonlyMap<string, string>,
  secretKeys: readonly string[],
): Settings {
  const site = parsed(config.get("smarteros:site") ?? "{}") as {
    readonly [K in keyof SiteConfig]?: Partial<SiteConfig[K]>;
  };
  return {
    stack,
    permitLoopback: site?.dns?.permitLoopback === true,
    drill: site?.drill === true,
    secrets: [
      ...new Set(secretKeys.flatMap((key) => texts(config.get(key) ?? "")).filter((s) => s.length >= shortestSecret)),
    ],
  };
}
