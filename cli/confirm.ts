import { OperatorError, type Context } from "./context";
import { exitCodes } from "./exit-codes";
import { failoverWords } from "./failover/words";

/** Waits until the domain is typed. @throws OperatorError without a terminal */
export async function confirm(domain: string, { lang, signal, output }: Context): Promise<void> {
  const t = failoverWords[lang];
  if (!process.stdin.isTTY) throw new OperatorError(t.needsYes, exitCodes.refused);
  const { default: input } = await import("@inquirer/input");
  try {
    await input(
      { message: t.confirm(domain), validate: (typed) => typed.trim() === domain || t.confirmWrong(domain) },
      { signal, output: process.stderr },
    );
  } catch (cause) {
    output.note(t.nothingChanged);
    throw new OperatorError("Ctrl-C", exitCodes.interrupted, { cause });
  }
}
