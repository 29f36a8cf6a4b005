import { OperatorError, type Context } from "./context";
import { exitCodes } from "./exit-codes";
import { failoverWords } from "./failover/words";

/** For what will ask: before the work that leads to the question. @throws OperatorError without a terminal */
export function requireTerminal({ lang }: Pick<Context, "lang">): void {
  if (!process.stdin.isTTY) throw new OperatorError(failoverWords[lang].needsYes, exitCodes.refused);
}

/** Waits until the domain is typed. @throws OperatorError without a terminal */
export async function confirm(domain: string, context: Context): Promise<void> {
  const { lang, signal, output } = context;
  const t = failoverWords[lang];
  requireTerminal(context);
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
