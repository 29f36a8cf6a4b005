import { OperatorError, type Run, type StackOptions } from "../context";
import { StackEngine } from "../engine";
import { exitCodes } from "../exit-codes";
import { errorSaid } from "../said";
import { failback } from "./failback";

export interface FailbackOptions extends StackOptions {
  readonly reason?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Folder of the incident reports. */
  readonly report: string;
  readonly json?: boolean;
}

/** `smarter failback` */
export const run: Run<FailbackOptions> = async (context, options) => {
  // SMARTER_CONFIG_FILE is the recovery's settings: of both, the primary's own are meant.
  const configFile = options.primaryConfigFile ?? options.configFile;
  const engine = await StackEngine.find({ stack: "primary", ...(configFile === undefined ? {} : { configFile }) });
  const clear = await engine.config(context.signal).catch((cause: Error) => {
    throw new OperatorError(errorSaid(cause), exitCodes.refused, { cause });
  });
  return failback(context, { ...options, stack: "primary" }, engine, clear);
};
