import { setImmediate } from "node:timers/promises";
import { OperatorError, type Run, type StackOptions } from "../context";
import { StackEngine, type ClearConfig } from "../engine";
import { sayError } from "../error-words";
import { exitCodes } from "../exit-codes";
import { errorSaid } from "../said";

export interface ActivateOptions extends StackOptions {
  readonly at?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly takeOver?: boolean;
  /** Why it goes on although the old site may still serve. */
  readonly acceptSplitBrain?: string;
  /** The site that is replaced still serves, and is taken out of service once everything is ready. @default false: it is lost */
  readonly switchover?: boolean;
  /** Folder of the incident reports. */
  readonly report: string;
  readonly json?: boolean;
}

/** `smarter failover activate` */
export const run: Run<ActivateOptions> = async (context, options) => {
  if (options.stack !== "recovery" && options.stack !== "primary")
    throw new OperatorError(sayError("otherStack", options.stack, "recovery, primary", "recovery"), exitCodes.refused);
  const engine = await StackEngine.find(options);
  const reading = settings(engine, context.signal);
  // Seconds count: the engine reads the settings while the rest of the command is loaded.
  await setImmediate();
  const { activate } = require("./activate") as typeof import("./activate");
  return activate(context, options, engine, await reading);
};

/** The settings in clear. Whatever is wrong with them, nothing was changed. */
const settings = (engine: StackEngine, signal: AbortSignal): Promise<ClearConfig> =>
  engine.config(signal).catch((cause: Error) => {
    throw new OperatorError(errorSaid(cause), exitCodes.refused, { cause });
  });
