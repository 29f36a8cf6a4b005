import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ensureToolchain } from "../toolchain/ensure";
import { repoRoot } from "../toolchain/paths";
import { run } from "../toolchain/run";

/** How the engine is run on a stack. */
export interface EmptyStack {
  /** Absolute path of the executable. */
  readonly pulumi: string;
  readonly env: Record<string, string>;
  readonly stack: "primary";
  /** Absolute path of its settings file. */
  readonly configFile: string;
  /** Folder of the project. */
  readonly cwd: string;
}

/** Makes a stack of this project in a folder, with the real engine: its state, its engine's home and its settings are in there too. */
export async function emptyStack(folder: string): Promise<EmptyStack> {
  await mkdir(join(folder, "state"), { recursive: true });
  await copyFile(join(repoRoot(), "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
  const { pulumi } = await ensureToolchain({ want: ["engine"], log: () => undefined });
  const env = {
    PULUMI_HOME: join(folder, "home"),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  await run(pulumi, ["stack", "init", "primary", "--non-interactive"], { cwd: folder, env });
  return { pulumi, env, stack: "primary", configFile: join(folder, "Pulumi.primary.yaml"), cwd: folder };
}
