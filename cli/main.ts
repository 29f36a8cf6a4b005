import { CommanderError } from "commander";
import { errorSaid } from "../words/said";
import { documentLanguageOf, OperatorError, standardOutput, type Context } from "./context";
import { exitCodes, type ExitCode } from "./exit-codes";
import { givenLanguage, messageLanguage } from "./language";
import { buildProgram } from "./program";

/** Runs `smarter` with these arguments. @returns what the process ends with */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const lang = messageLanguage(args, process.env);
  // Whoever reads may go away (`| head`, a lost terminal): a recovery goes on without them.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosed);
  const stopped = new AbortController();
  let stops = 0;
  const stop = () => {
    if (++stops > 1) process.exit(exitCodes.interrupted);
    stopped.abort(new OperatorError("Ctrl-C", exitCodes.interrupted));
  };
  process
    .on("SIGINT", stop)
    .on("SIGTERM", stop)
    .on("SIGHUP", () => undefined);

  const context: Context = {
    lang,
    documentLang: documentLanguageOf(givenLanguage(args)),
    output: standardOutput,
    signal: stopped.signal,
  };
  let exitCode: ExitCode = exitCodes.ok;
  const completing = args[0] === "complete" && !args.includes("--help");
  const program = buildProgram({ lang, context, onExit: (code) => (exitCode = code), completion: !completing });
  program.exitOverride();
  for (const command of program.commands.flatMap((c) => [c, ...c.commands])) command.exitOverride();
  try {
    if (completing)
      await (require("./completion") as typeof import("./completion")).complete(program, args, context.output);
    else await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.failed;
    return explain(error, context);
  }
}

function ignoreClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
}

/** Says what went wrong; the trace only of what nobody expected. */
function explain(error: unknown, { output, lang }: Context): ExitCode {
  output.note(`smarter: ${errorSaid(error)(lang)}`);
  if (error instanceof OperatorError) return error.exitCode;
  if (process.env["DEBUG"] && error instanceof Error) output.note(error.stack ?? "");
  return exitCodes.failed;
}

/** Ends the process once what was written has left it: a probe that hangs must not keep it. */
export function exit(code: ExitCode): void {
  process.stdout.write("", () => process.stderr.write("", () => process.exit(code)));
}
