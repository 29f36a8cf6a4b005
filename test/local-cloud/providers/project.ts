import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { ensureToolchain } from "../../../toolchain/ensure";
import { repoRoot } from "../../../toolchain/paths";
import { pluginVersion, type PluginName } from "../../../toolchain/versions";

export interface ProjectArgs {
  /** The program, a file beside the test: copied, so that it runs in a folder of its own. */
  readonly program: string;
  /** Which stand-ins it needs. */
  readonly standIns: readonly PluginName[];
  /** The stack's configuration. @example { "hcloud:token": "..." } */
  readonly config: Readonly<Record<string, string>>;
}

export interface PulumiResult {
  readonly exitCode: number;
  /** stdout and stderr, in order. */
  readonly output: string;
}

/** A Pulumi project in a temporary folder, with its own PULUMI_HOME and state, run by the real engine on the stand-ins. */
export async function createProject({ program, standIns, config }: ProjectArgs) {
  const { execa } = await import("execa");
  const toolchain = await ensureToolchain({ want: ["engine"] });
  const dir = await mkdtemp(join(tmpdir(), "pulumi-"));
  const home = join(dir, "home");
  await mkdir(join(dir, "state"));
  for (const name of standIns) await installStandIn(home, name);
  await copyFile(program, join(dir, "index.ts"));
  await symlink(join(repoRoot(), "node_modules"), join(dir, "node_modules"));
  const runtime = { name: "nodejs", options: { typescript: false, nodeargs: "--import=tsx" } };
  await writeFile(join(dir, "Pulumi.yaml"), stringify({ name: "stand-ins", runtime, main: "index.ts" }));
  await writeFile(join(dir, "package.json"), "{}");

  const env = {
    ...toolchain.env,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
    NO_COLOR: "1",
  };
  const pulumi = async (args: readonly string[], more: Record<string, string> = {}): Promise<PulumiResult> => {
    const { exitCode, all } = await execa(toolchain.pulumi, [...args], {
      cwd: dir,
      env: { ...env, ...more },
      all: true,
      reject: false,
      stdin: "ignore",
    });
    return { exitCode: exitCode ?? -1, output: all };
  };
  await pulumi(["stack", "init", "dev"]);
  for (const [key, value] of Object.entries(config))
    await pulumi(["config", "set", key, value, ...(/token/i.test(key) ? ["--secret"] : [])]);
  return { pulumi, dir, remove: () => rm(dir, { recursive: true, force: true }) };
}

/** `pulumi-resource-NAME`, as the engine looks for it: the stand-in, run from this clone. */
async function installStandIn(home: string, name: PluginName): Promise<void> {
  const folder = join(home, "plugins", `resource-${name}-v${pluginVersion(name)}`);
  const file = join(folder, `pulumi-resource-${name}`);
  const program = join(repoRoot(), "local-cloud", "providers", name, "index.ts");
  await mkdir(folder, { recursive: true });
  await writeFile(
    file,
    `#!/bin/bash\nexec node --import '${join(repoRoot(), "node_modules/tsx/dist/loader.mjs")}' '${program}' "$@"\n`,
  );
  await chmod(file, 0o755);
}
