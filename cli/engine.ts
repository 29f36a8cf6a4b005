import { access, copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { z } from "zod";
import { pulumiUp, type UpArgs } from "../engine/up";
import { findEngine } from "../toolchain/engine";
import { engineEnvironment } from "../toolchain/ensure";
import { repoRoot, settingsFile } from "../toolchain/paths";
import { run } from "../toolchain/run";
import { OperatorError, type StackOptions } from "./context";
import { sayError } from "./error-words";
import { exitCodes } from "./exit-codes";

/** A command of the engine that did not succeed. */
export class EngineError extends OperatorError {
  constructor(
    readonly command: string,
    readonly stderr: string,
  ) {
    super(
      sayError("engineSaid", command, stderr.replace(/^error: /, "").trim(), sayError(fixOf(stderr))),
      exitCodes.failed,
    );
  }
}

const fixOf = (stderr: string) =>
  /no stack named/.test(stderr)
    ? "noStack"
    : /passphrase/.test(stderr)
      ? "noPassphrase"
      : /PULUMI_ACCESS_TOKEN|pulumi login/.test(stderr)
        ? "noLogin"
        : /checkpoint: EOF/.test(stderr)
          ? "emptySidecar"
          : "noMore";

const listedConfig = z.record(z.string(), z.object({ value: z.string().optional(), secret: z.boolean() }));

const exported = z.object({
  deployment: z.object({ resources: z.array(z.object({ type: z.string(), id: z.string().optional() })).optional() }),
});

/** The settings of a stack, in clear. */
export interface ClearConfig {
  /** By key; structured values as JSON. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys whose values must not be shown. */
  readonly secretKeys: readonly string[];
}

/** `pulumi` for one stack, in the repository's folder, with the operator's own backend, login and passphrase. */
export class StackEngine {
  private constructor(
    private readonly pulumi: string,
    private readonly env: Readonly<Record<string, string>>,
    readonly stack: string,
    /** Absolute path. */
    readonly configFile: string,
  ) {}

  /** @throws OperatorError when there is no engine, or no settings file */
  static async find({ stack, configFile }: StackOptions): Promise<StackEngine> {
    const engine = await findEngine();
    if (!engine) throw new OperatorError(sayError("noEngine"), exitCodes.refused);
    const file = settingsFile(stack, configFile);
    await access(file).catch((cause: NodeJS.ErrnoException) => {
      throw new OperatorError(sayError("noSettingsFile", file, cause.code ?? cause.message, stack), exitCodes.refused, {
        cause,
      });
    });
    // PATH alone: the user's own PULUMI_HOME holds the login.
    const { PATH = "" } = engineEnvironment(engine);
    return new StackEngine(engine.pulumi, { PATH, PULUMI_SKIP_UPDATE_CHECK: "true" }, stack, file);
  }

  /** Values of all keys, secrets in clear: never to be shown. */
  async config(signal?: AbortSignal): Promise<ClearConfig> {
    const text = await this.ask(["config", "--json", "--show-secrets", ...this.options], signal);
    const all = Object.entries(listedConfig.parse(JSON.parse(text)));
    return {
      values: Object.fromEntries(all.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]]))),
      secretKeys: all.flatMap(([key, { secret }]) => (secret ? [key] : [])),
    };
  }

  /** Outputs of the last `up`, without secrets; empty: there was none. */
  async outputs(signal?: AbortSignal): Promise<Record<string, unknown>> {
    return JSON.parse(await this.ask(["stack", "output", "--json", "--stack", this.stack], signal)) as Record<
      string,
      unknown
    >;
  }

  /** The same with secrets in clear: never to be shown. */
  async secretOutputs(signal?: AbortSignal): Promise<Record<string, unknown>> {
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", this.stack];
    return JSON.parse(await this.ask(args, signal)) as Record<string, unknown>;
  }

  /** Ids of every resource of one type that the state knows, those that are still to be deleted too. @example "aws:iam/accessKey:AccessKey" */
  async idsOf(type: string): Promise<string[]> {
    const { deployment } = exported.parse(JSON.parse(await this.ask(["stack", "export", "--stack", this.stack])));
    return (deployment.resources ?? []).flatMap((resource) =>
      resource.type === type && resource.id ? [resource.id] : [],
    );
  }

  /** Lets go of the state's lock, whoever holds it. */
  async cancel(): Promise<void> {
    await this.ask(["cancel", this.stack, "--yes"]);
  }

  /** `pulumi preview`: what the program itself finds, Hetzner and Cloudflare included. Never throws for what it finds. */
  async preview(
    config: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
    // A copy: the engine would write the configuration into the settings, and a preview changes nothing.
    const folder = await mkdtemp(join(tmpdir(), "smarter-preview-"));
    const copy = join(folder, basename(this.configFile));
    try {
      await copyFile(this.configFile, copy);
      const options = ["--stack", this.stack, "--config-file", copy, ...configOptions(config)];
      const { exitCode = 1, stdout, stderr } = await this.run(["preview", ...options], signal);
      return { exitCode, stdout, stderr };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** @param config written into the settings too, so that a run that is resumed has it @throws UpFailed, or the signal's reason */
  up(
    args: Pick<UpArgs, "log" | "onEvent" | "onStart" | "signal">,
    config: Readonly<Record<string, string>>,
    more: readonly string[] = [],
  ): Promise<void> {
    const { pulumi, env, stack } = this;
    return pulumiUp({
      ...args,
      pulumi,
      env,
      stack,
      options: [...this.options, ...configOptions(config), ...more],
      cwd: repoRoot(),
      outlives: true,
    });
  }

  /** How others run the same engine on the same stack. */
  get access(): { pulumi: string; env: Readonly<Record<string, string>>; stack: string; configFile: string } {
    const { pulumi, env, stack, configFile } = this;
    return { pulumi, env, stack, configFile };
  }

  private get options(): string[] {
    return ["--stack", this.stack, "--config-file", this.configFile];
  }

  private async ask(args: readonly string[], signal?: AbortSignal): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(args, signal);
    // Its output is not repeated: it may hold a secret.
    if (exitCode !== 0) throw new EngineError(args.slice(0, 2).join(" "), stderr);
    return stdout;
  }

  private async run(args: readonly string[], signal?: AbortSignal) {
    return run(this.pulumi, [...args, "--non-interactive"], {
      cwd: repoRoot(),
      env: this.env,
      stdin: "ignore",
      reject: false,
      ...(signal ? { cancelSignal: signal } : {}),
    });
  }
}

const configOptions = (config: Readonly<Record<string, string>>): string[] =>
  Object.entries(config).flatMap(([key, value]) => ["--config", `${key}=${value}`]);
