import { z } from "zod";
import { run } from "../../toolchain/run";

/** What `pulumi config --json` prints, without the secrets' values. */
const listed = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));
export type ListedConfig = z.infer<typeof listed>;

export interface PulumiConfigArgs {
  /** Absolute path of the executable. */
  readonly pulumi: string;
  /** Merged over process.env: the user's own backend and passphrase are kept. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the project. */
  readonly cwd: string;
  readonly stack: string;
  /** Settings file. @default Pulumi.STACK.yaml beside Pulumi.yaml */
  readonly configFile?: string;
}

/** The settings of one stack, through the engine's own commands. Values travel on stdin and stdout, never on a command line. */
export class PulumiConfig {
  constructor(private readonly args: PulumiConfigArgs) {}

  get stack(): string {
    return this.args.stack;
  }

  async list(): Promise<ListedConfig> {
    return listed.parse(JSON.parse(await this.config(["--json"])));
  }

  /** Values in clear of those of the keys that are set. One call for all: each call derives the key from the passphrase anew, which is slow. */
  async values(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const all = listed.parse(JSON.parse(await this.config(["--json", "--show-secrets"])));
    return new Map(keys.flatMap((key) => (all[key]?.value === undefined ? [] : [[key, all[key].value]])));
  }

  async setSecret(key: string, value: string): Promise<void> {
    await this.config(["set", "--secret", key], value);
  }

  /** One that is not set is no error. */
  async remove(key: string): Promise<void> {
    await this.config(["rm", key]);
  }

  /** What is no secret. Structured values as JSON. */
  async set(key: string, value: string): Promise<void> {
    await this.config(["set", "--plaintext", key], value);
  }

  /** @throws Error with what the engine said; its output is not repeated, since it may hold a value */
  private async config(args: readonly string[], input?: string): Promise<string> {
    const { stack, configFile, pulumi, env, cwd } = this.args;
    const { exitCode, stdout, stderr } = await run(
      pulumi,
      ["config", ...args, "--stack", stack, ...(configFile ? ["--config-file", configFile] : []), "--non-interactive"],
      { cwd, env, reject: false, ...(input === undefined ? { stdin: "ignore" as const } : { input }) },
    );
    if (exitCode === 0) return stdout;
    const fix = /no stack named/.test(stderr)
      ? `; fix: pulumi stack init ${stack}`
      : /passphrase/.test(stderr)
        ? "; fix: PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE"
        : "";
    throw new Error(
      `pulumi config ${args[0] === "--json" ? "" : `${args.join(" ")} `}--stack ${stack}: ${stderr.replace(/^error: /, "").trim()}${fix}`,
    );
  }
}
