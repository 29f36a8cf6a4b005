import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { stringify } from "yaml";
import { envFile } from "../components/services/spec";
import { repoRoot } from "../toolchain/paths";
import { run } from "../toolchain/run";
import { engineEventsEnv, followEngineEvents } from "./engine-events";

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

/** `pulumi up` ended with a failure. */
export class UpFailed extends Error {
  constructor(
    readonly stackName: StackName,
    /** What the engine said. */
    readonly reasons: string,
    /** Whether any resource had been worked on: if not, nothing was provisioned. */
    readonly touchedAnything: boolean,
    readonly log: string,
  ) {
    super(`pulumi up --stack ${stackName} failed: ${reasons}\nits whole output: ${log}`);
  }
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

  /**
   * `pulumi up`.
   * @throws UpFailed
   */
  async up(
    stack: StackName,
    { onEvent, signal }: { onEvent: (event: EngineEvent) => void; signal: AbortSignal },
  ): Promise<void> {
    const stamp = new Date().toISOString().replaceAll(":", "");
    const log = join(this.args.folder, `up-${stack}-${stamp}.log`);
    const errors: string[] = [];
    let touchedAnything = false;
    const follower = await followEngineEvents(`${log}.events`, (event) => {
      if (event.diagnosticEvent?.severity === "error") errors.push(plain(event.diagnosticEvent.message));
      touchedAnything ||=
        event.resourcePreEvent?.planning === false && isResource(event.resourcePreEvent.metadata.type);
      onEvent(event);
    });
    try {
      const { exitCode, all } = await run(
        this.args.pulumi,
        [...this.upArguments(stack), "--event-log", `${log}.events`],
        {
          cwd: repoRoot(),
          env: this.env(stack),
          stdin: "ignore",
          all: true,
          reject: false,
          cancelSignal: signal,
          killSignal: "SIGINT",
          forceKillAfterDelay: 60_000,
        },
      );
      await writeFile(log, all, { mode: 0o600 });
      await follower.stop();
      signal.throwIfAborted();
      if (exitCode !== 0)
        throw new UpFailed(stack, [...new Set(errors)].join("\n") || lastLines(all), touchedAnything, log);
    } finally {
      await follower.stop();
    }
  }

  /** `pulumi up` as another process: for those who want to kill it. Its event log is at `eventLog`. */
  upCommand(stack: StackName): {
    program: string;
    args: string[];
    cwd: string;
    env: Record<string, string>;
    eventLog: string;
  } {
    const eventLog = join(this.args.folder, `up-${stack}-${new Date().toISOString().replaceAll(":", "")}.events`);
    const args = [...this.upArguments(stack), "--event-log", eventLog];
    return { program: this.args.pulumi, args, cwd: repoRoot(), env: this.env(stack), eventLog };
  }

  private upArguments(stack: StackName): string[] {
    return ["up", "--stack", stack, "--yes", "--skip-preview", "--config-file", this.settingsFile(stack)];
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
      PULUMI_BACKEND_URL: `file://${this.stateFolder(stack)}`,
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

/** Where the passphrase of a drill's stacks lies. */
export const passphraseFile = (folder: string): string => join(folder, "passphrase");

/** Neither a component, nor the stack itself, nor a provider: something that exists outside the engine. */
const isResource = (type: string) => !type.startsWith("pulumi:") && !type.startsWith("smarteros:");

const plain = (message: string) => message.replaceAll(/<\{%.*?%\}>/g, "").trim();
const lastLines = (text: string) => text.trimEnd().split("\n").slice(-15).join("\n");
