import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { stringify } from "yaml";
import { envFile } from "../components/services/spec";
import { engineEventsEnv } from "../engine/events";
import { eventsOf, pulumiUp, upArguments } from "../engine/up";
import { repoRoot } from "../toolchain/paths";
import { run } from "../toolchain/run";

export type StackName = "primary" | "recovery";

/** The settings of a stack: `plain` as its file shows them, `secrets` as text that is encrypted one by one. */
export interface StackSettings {
  readonly plain: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** How `pulumi` is run. */
export interface PulumiArgs {
  /** Absolute path of the executable. */
  readonly pulumi: string;
  /** Merged over process.env. */
  readonly env: Readonly<Record<string, string>>;
  /** Folder of the drill: state, settings and logs of both stacks; nobody else's eyes. */
  readonly folder: string;
}

/**
 * The stacks of one drill, driven by the same commands as an operator types, in the repository's own folder. Each stack has a state
 * of its own in another place: the recovery cannot see the primary's.
 */
export class DrillStacks {
  constructor(private readonly args: PulumiArgs) {}

  /** Makes the stack and its settings file. Secrets go through stdin, and lie encrypted in the file. */
  async create(stack: StackName, settings: StackSettings): Promise<void> {
    await mkdir(this.stateFolder(stack), { recursive: true, mode: 0o700 });
    await mkdir(this.stackFolder(stack), { recursive: true, mode: 0o700 });
    await writeFile(
      join(this.stackFolder(stack), "Pulumi.yaml"),
      await readFile(join(repoRoot(), "Pulumi.yaml"), "utf8"),
    );
    await writeFile(this.settingsFile(stack), stringify({ config: settings.plain }, quoted), { mode: 0o600 });
    await writeFile(this.environmentFile(stack), envFile(this.env(stack)), { mode: 0o600 });
    await this.pulumi(stack, ["stack", "init", stack, "-C", this.stackFolder(stack)]);
    await this.setSecrets(stack, settings.secrets);
  }

  async setSecrets(stack: StackName, secrets: StackSettings["secrets"]): Promise<void> {
    for (const [key, value] of Object.entries(secrets)) {
      await this.pulumi(
        stack,
        ["config", "set", "--secret", key, "--stack", stack, "-C", this.stackFolder(stack)],
        value,
      );
    }
  }

  /** Sets one value in the clear. @param path @example "smarteros:site.generation" */
  async set(stack: StackName, path: string, value: string): Promise<void> {
    await this.pulumi(stack, ["config", "set", "--path", path, value, "--stack", stack, "-C", this.stackFolder(stack)]);
  }

  /**
   * `pulumi up`.
   * @throws UpFailed
   */
  async up(
    stack: StackName,
    { onEvent, signal }: { onEvent: (event: EngineEvent) => void; signal: AbortSignal },
  ): Promise<void> {
    await pulumiUp({
      pulumi: this.args.pulumi,
      stack,
      options: this.upOptions(stack),
      cwd: repoRoot(),
      env: this.env(stack),
      log: this.logFile(stack),
      onEvent,
      signal,
    });
  }

  /** `pulumi up` as another process: for those who want to kill it. Its event log is at `eventLog`. */
  upCommand(stack: StackName): {
    program: string;
    args: string[];
    cwd: string;
    env: Record<string, string>;
    eventLog: string;
  } {
    const eventLog = eventsOf(this.logFile(stack));
    const args = [...upArguments(this.upOptions(stack)), "--event-log", eventLog];
    return { program: this.args.pulumi, args, cwd: repoRoot(), env: this.env(stack), eventLog };
  }

  private upOptions(stack: StackName): string[] {
    return ["--stack", stack, "--config-file", this.settingsFile(stack)];
  }

  private logFile(stack: StackName): string {
    return join(this.args.folder, `up-${stack}-${new Date().toISOString().replaceAll(":", "")}.log`);
  }

  /** Outputs of the stack, secrets in clear. */
  async outputs(stack: StackName): Promise<Record<string, unknown>> {
    return JSON.parse(
      await this.pulumi(stack, [
        "stack",
        "output",
        "--stack",
        stack,
        "--json",
        "--show-secrets",
        "-C",
        this.stackFolder(stack),
      ]),
    ) as Record<string, unknown>;
  }

  /** A secret of the stack's settings, in clear. */
  async secretSetting(stack: StackName, key: string): Promise<string> {
    return (
      await this.pulumi(stack, ["config", "get", key, "--stack", stack, "--config-file", this.settingsFile(stack)])
    ).trim();
  }

  /** What runs this stack, for programs beside the drill. */
  engine(stack: StackName): Pick<PulumiArgs, "pulumi" | "env"> {
    return { pulumi: this.args.pulumi, env: this.env(stack) };
  }

  async version(): Promise<string> {
    return (await run(this.args.pulumi, ["version"], { env: { ...this.args.env } })).stdout.replace(/^v/, "");
  }

  /** @returns stdout @throws execa's error */
  async pulumi(stack: StackName, args: readonly string[], input?: string): Promise<string> {
    const { stdout } = await run(this.args.pulumi, [...args, "--non-interactive"], {
      cwd: repoRoot(),
      env: this.env(stack),
      ...(input === undefined ? { stdin: "ignore" as const } : { input }),
    });
    return stdout;
  }

  private env(stack: StackName): Record<string, string> {
    return {
      ...this.args.env,
      ...engineEventsEnv,
      PULUMI_BACKEND_URL: stateUrl(this.stateFolder(stack)),
      PULUMI_CONFIG_PASSPHRASE_FILE: passphraseFile(this.args.folder),
    };
  }

  /** For a person who wants to look at a kept drill: `set -a; . FILE; set +a; pulumi stack --stack NAME`. */
  environmentFile(stack: StackName): string {
    return join(this.stackFolder(stack), "environment");
  }

  settingsFile(stack: StackName): string {
    return join(this.stackFolder(stack), `Pulumi.${stack}.yaml`);
  }

  stateFolder(stack: StackName): string {
    return join(this.args.folder, stack, "state");
  }

  private stackFolder(stack: StackName): string {
    return join(this.args.folder, stack);
  }
}

/** Unquoted, a time would be YAML's own kind of value, which Pulumi hands over in other words. */
const quoted = { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" } as const;

/**
 * A stack's state in a folder, without the sidecar files in which the engine's storage library keeps content types: it writes them in place,
 * so an engine that is killed in that moment leaves an empty one, and the state cannot be read any more ("failed to load checkpoint: EOF").
 * The state itself is written beside and renamed. https://pkg.go.dev/gocloud.dev/blob/fileblob
 */
const stateUrl = (folder: string): string => `file://${folder}?metadata=skip`;

/** Where the passphrase of a drill's stacks lies. */
export const passphraseFile = (folder: string): string => join(folder, "passphrase");
