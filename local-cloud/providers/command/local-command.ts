import { spawn } from "node:child_process";
import type { Props } from "../provider";
import { commandResource } from "./command-resource";
import { failure, Output, type Run, type RunResult } from "./run";

/** `command:local:Command`: runs a command line on the machine of the engine. */
export const localCommand = commandResource({
  inputs: ["dir", "interpreter"],
  run: (inputs, run) => execute(inputs, run),
});

/** `command:local:run`: runs a command line each time. */
export async function localRun(_client: void, args: Props): Promise<Props> {
  const { command, environment = {}, stdin, logging = "none" } = args;
  const output = new Output({ log: (_severity, line) => process.stderr.write(`${line}\n`) }, logging);
  const result = await execute(args, {
    command,
    environment,
    offered: {},
    stdin,
    output,
    signal: new AbortController().signal,
  });
  return { ...args, ...result };
}

function execute(inputs: Props, run: Run): Promise<RunResult> {
  const [program, ...options] = (inputs["interpreter"] as string[] | undefined) ?? ["/bin/sh", "-c"];
  return new Promise((resolve, reject) => {
    const child = spawn(program!, [...options, run.command], {
      cwd: inputs["dir"],
      env: { ...process.env, ...run.offered, ...run.environment },
      signal: run.signal,
    });
    child.stdout.on("data", (chunk: Buffer) => run.output.write("stdout", chunk));
    child.stderr.on("data", (chunk: Buffer) => run.output.write("stderr", chunk));
    child.on("error", (error) => reject(failure(run, error.message)));
    child.on("close", (code, signal) => {
      const result = run.output.finish();
      if (code === 0) return resolve(result);
      reject(failure(run, code === null ? `killed by signal ${signal}` : `exit status ${code}`));
    });
    // A command that does not read its input closes it early: what it does then is told by its exit status.
    child.stdin.on("error", (error) => run.output.write("stderr", Buffer.from(`stdin: ${error.message}\n`)));
    child.stdin.end(run.stdin ?? "");
  });
}
