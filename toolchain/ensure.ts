import { delimiter, dirname } from "node:path";
import { ensureDebian, findProgram } from "./apt";
import { debianPrograms } from "./debian";
import { ensureEngine, findEngine, type Engine } from "./engine";
import { findExecutable, goExecutables } from "./executables";
import { withGoBuilds } from "./go-build";
import { paths } from "./paths";
import { settleAll, stderrLog, type Log } from "./progress";

/** `engine`: pulumi and its language host; `debian`: programs of toolchain/debian.ts; `s3`: versitygw; `vault`: Vault's server. */
export const parts = ["engine", "debian", "s3", "vault"] as const;
export type Part = (typeof parts)[number];

export interface Toolchain {
  /** Absolute path. */
  readonly pulumi: string;
  /** Where the engine came from, for people. "none": it was not wanted, and there is none. */
  readonly engineSource: Engine["source"] | "none";
  readonly languageHost: Engine["languageHost"] | "none";
  /** Absolute paths. Of a part that was not wanted and is not there: its name alone. */
  readonly versitygw: string;
  readonly vault: string;
  readonly dockerRegistry: string;
  /** To be merged over process.env of whatever runs `pulumi`. */
  readonly env: { readonly [name: string]: string };
  /** What stands in for something official, in words. */
  readonly standIns: readonly string[];
}

export interface EnsureToolchainArgs {
  /** @default every part */
  readonly want?: readonly Part[];
  /** @default lines on stderr */
  readonly log?: Log;
}

/**
 * Makes sure that the wanted parts are there: finds, else downloads or installs, else compiles them, side by side, and says so.
 * Everything compiled or downloaded goes to `paths.bin()`; only Debian packages are installed into the system.
 * @throws an error (or an AggregateError) that names the part and the fix
 */
export async function ensureToolchain({ want = parts, log = stderrLog }: EnsureToolchainArgs = {}): Promise<Toolchain> {
  const wants = (part: Part) => want.includes(part);
  const [engine, versitygw, vault, debian] = await withGoBuilds(log, (ensureExecutable) =>
    settleAll([
      wants("engine") ? ensureEngine(ensureExecutable, log) : findEngine(),
      (wants("s3") ? ensureExecutable : findExecutable)(goExecutables.versitygw),
      (wants("vault") ? ensureExecutable : findExecutable)(goExecutables.vault),
      wants("debian") ? ensureDebian(log) : Promise.resolve(undefined),
    ]),
  );
  return {
    pulumi: engine?.pulumi ?? "pulumi",
    engineSource: engine?.source ?? "none",
    languageHost: engine?.languageHost ?? "none",
    versitygw: versitygw ?? goExecutables.versitygw.name,
    vault: vault ?? goExecutables.vault.name,
    dockerRegistry: debian?.registry ?? (await findProgram(debianPrograms.registry)) ?? debianPrograms.registry.program,
    env: engine ? engineEnvironment(engine) : {},
    standIns: engine?.languageHost === "toolchain/language-host" ? ["language host (toolchain/language-host)"] : [],
  };
}

/** The engine first on PATH, a PULUMI_HOME of its own, and no download behind the drill's back. */
export const engineEnvironment = ({ pulumi }: Engine): Record<string, string> => ({
  PATH: [dirname(pulumi), process.env["PATH"]].filter(Boolean).join(delimiter),
  PULUMI_HOME: paths.pulumiHome(),
  PULUMI_SKIP_UPDATE_CHECK: "true",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
});
