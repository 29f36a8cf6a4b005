import { randomBytes } from "node:crypto";
import { compare, refuseUnsupported } from "../compare";
import { isUnknown, type CheckFailure, type Context, type Props, type ResourceType } from "../provider";
import { Output, type Run, type RunResult } from "./run";

const common = ["create", "update", "delete", "triggers", "stdin", "environment", "addPreviousOutputInEnv", "logging"];
const loggings = ["stdout", "stderr", "stdoutAndStderr", "none"];

interface Machine {
  /** Inputs beside those that every command has. */
  readonly inputs: readonly string[];
  /** Checks and completes those inputs. */
  check?(inputs: Props): { inputs: Props; failures: CheckFailure[] };
  run(inputs: Props, run: Run, context: Context<void>): Promise<RunResult>;
}

/** The life of a command resource. Source: pulumi-command provider/pkg/provider/remote/commandController.go. */
export function commandResource(machine: Machine): ResourceType<void> {
  const run = (
    context: Context<void>,
    inputs: Props,
    command: string | undefined,
    last: Partial<RunResult>,
  ): Promise<Partial<RunResult>> => {
    if (command === undefined || command === null) return Promise.resolve(last);
    const offered = inputs["addPreviousOutputInEnv"] === false ? {} : previousOutput(last);
    const { environment = {}, stdin, logging } = inputs;
    return machine.run(
      inputs,
      { command, environment, offered, stdin, output: new Output(context, logging), signal: context.signal },
      context,
    );
  };
  const lastOf = ({ stdout, stderr }: Props): Partial<RunResult> => ({ stdout, stderr });

  return {
    derivedSecrets: {
      stdout: ["create", "update", "stdin", "environment"],
      stderr: ["create", "update", "stdin", "environment"],
    },

    check(context, inputs) {
      const unsupported = refuseUnsupported(context.type, inputs, [...common, ...machine.inputs]);
      const checked = machine.check?.(inputs) ?? { inputs, failures: [] };
      const { logging } = inputs;
      const badLogging =
        logging === undefined || isUnknown(logging) || loggings.includes(logging)
          ? []
          : [{ property: "logging", reason: `received ${JSON.stringify(logging)}; allowed: ${loggings.join(", ")}` }];
      return { inputs: checked.inputs, failures: [...unsupported, ...checked.failures, ...badLogging] };
    },

    diff: (_context, old, inputs) => compare(old.inputs, inputs, { replaceOn: ["triggers"] }),

    async create(context, inputs) {
      const result = await run(context, inputs, inputs["create"], {});
      return {
        id: `${context.name}${randomBytes(4).toString("hex")}`,
        props: { ...inputs, stdout: "", stderr: "", ...result },
      };
    },

    // A command leaves nothing behind that could be looked at.
    read: (_context, known) => Promise.resolve(known),

    async update(context, old, inputs) {
      const result = await run(context, inputs, inputs["update"] ?? inputs["create"], lastOf(old.props));
      return { ...inputs, ...lastOf(old.props), ...result };
    },

    async delete(context, old) {
      await run(context, old.inputs, old.inputs["delete"], lastOf(old.props));
    },
  };
}

function previousOutput({ stdout, stderr }: Partial<RunResult>): Record<string, string> {
  return { ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }), ...(stderr && { PULUMI_COMMAND_STDERR: stderr }) };
}
