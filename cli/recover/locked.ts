import { operatorName } from "../../stacks/backup-store";
import { OperatorError, type Context, type StackOptions } from "../context";
import { exitCodes } from "../exit-codes";
import { masker, maskedOutput } from "../mask";
import { HostLocked, lockHost } from "./lock";
import { findLiving, type Living } from "./living";
import { recoverWords } from "./words";

/** A living site whose host nobody else recovers on meanwhile. */
export interface Opened {
  readonly living: Living;
  /** The site's secrets are masked in its output. */
  readonly context: Context;
  /** For people: on stderr where stdout is JSON's. */
  readonly say: (text: string) => void;
}

/** Finds the site, and does it while no other recovery is at work on its host. @throws OperatorError when one is, or there is no such site */
export async function locked<T>(
  given: Context,
  options: StackOptions & { readonly json?: boolean },
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { lang, signal } = given;
  const living = await findLiving(options, lang, signal);
  const context = { ...given, output: maskedOutput(given.output, masker(living.clear)) };
  const holder = `${operatorName()}, since ${new Date().toISOString()}, process ${process.pid}`;
  const release = await lockHost(living.host, holder).catch((error: unknown) => {
    if (error instanceof HostLocked)
      throw new OperatorError(recoverWords[lang].locked(error.message), exitCodes.refused);
    throw error;
  });
  try {
    return await work({ living, context, say: options.json ? context.output.note : context.output.print });
  } finally {
    release();
  }
}
