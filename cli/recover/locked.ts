import { operatorName } from "../../stacks/backup-store";
import { OperatorError } from "../context";
import { exitCodes } from "../exit-codes";
import type { Language } from "../language";
import { HostLocked, lockHost } from "./lock";
import type { Living } from "./living";
import { recoverWords } from "./words";

/** Does it while no other recovery is at work on the host. @throws OperatorError when one is */
export async function locked<T>({ host }: Living, lang: Language, work: () => Promise<T>): Promise<T> {
  const holder = `${operatorName()}, since ${new Date().toISOString()}, process ${process.pid}`;
  const release = await lockHost(host, holder).catch((error: unknown) => {
    if (error instanceof HostLocked)
      throw new OperatorError(recoverWords[lang].locked(error.message), exitCodes.refused);
    throw error;
  });
  try {
    return await work();
  } finally {
    release();
  }
}
