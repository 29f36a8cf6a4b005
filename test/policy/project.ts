import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { checkPolicies } from "../../policy/run";
import type { PolicyReport } from "../../policy/report";
import { ensureToolchain } from "../../toolchain/ensure";
import { repoRoot } from "../../toolchain/paths";
import { run } from "../../toolchain/run";
import { pluginNames, pluginVersion } from "../../toolchain/versions";

export interface StackArgs {
  readonly stack: string;
  /** File below test/policy/programs, without its extension. */
  readonly program: string;
  readonly plain?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

/** A stack of a program beside these tests, in a temporary folder with its own PULUMI_HOME and state, on the real engine and the stand-in plugins. */
export async function createStack({ stack, program, plain = {}, secrets = {} }: StackArgs) {
  const toolchain = await ensureToolchain({ want: ["engine"] });
  const dir = await mkdtemp(join(tmpdir(), "policy-"));
  const home = join(dir, "home");
  await mkdir(join(dir, "state"));
  for (const name of pluginNames) await installStandIn(home, name);
  await symlink(join(repoRoot(), "node_modules"), join(dir, "node_modules"));
  const main = "index.ts";
  await writeFile(
    join(dir, main),
    `import ${JSON.stringify(join(repoRoot(), "test", "policy", "programs", program))};\n`,
  );
  await writeFile(
    join(dir, "Pulumi.yaml"),
    stringify({
      name: "smarteros",
      runtime: { name: "nodejs", options: { typescript: false, nodeargs: "--import=tsx" } },
      main,
    }),
  );
  await writeFile(join(dir, "package.json"), "{}");
  await writeFile(join(dir, `Pulumi.${stack}.yaml`), stringify({ config: plain }));

  const env = {
    ...toolchain.env,
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: `file://${join(dir, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "test",
  };
  const pulumi = (args: readonly string[], input = "") =>
    run(toolchain.pulumi, [...args, "--non-interactive"], { cwd: dir, env, input, all: true, reject: false });
  await pulumi(["stack", "init", stack]);
  for (const [key, value] of Object.entries(secrets)) await pulumi(["config", "set", "--secret", key], value);
  return {
    /** Folder of its program. */
    dir,
    check: (): Promise<PolicyReport> => checkPolicies({ stack, program: dir, pulumi: toolchain.pulumi, env }),
    /** Exit code and output of any other command. */
    pulumi: async (args: readonly string[]) => {
      const { exitCode, all } = await pulumi(args);
      return { exitCode, output: all };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}

/** `pulumi-resource-NAME`, as the engine looks for it: the stand-in, run from this clone. */
async function installStandIn(home: string, name: (typeof pluginNames)[number]): Promise<void> {
  const folder = join(home, "plugins", `resource-${name}-v${pluginVersion(name)}`);
  const file = join(folder, `pulumi-resource-${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(
    file,
    `#!/bin/bash\nexec node --import '${join(repoRoot(), "node_modules/tsx/dist/loader.mjs")}' '${join(repoRoot(), "local-cloud/providers", name, "index.ts")}' "$@"\n`,
  );
  await chmod(file, 0o755);
}
