import { run } from "../toolchain/run";

/** A process by more than its number, which is used again: two that began at the same moment under one number are the same. */
export interface ProcessId {
  readonly pid: number;
  /** When it began, as `ps` prints it. */
  readonly born: string;
}

/** Undefined: there is no such process (any more). */
export async function identify(pid: number): Promise<ProcessId | undefined> {
  const { stdout, exitCode } = await run("ps", ["-o", "lstart=", "-p", String(pid)], {
    reject: false,
    env: { LC_ALL: "C" },
  });
  return exitCode === 0 && stdout.trim() !== "" ? { pid, born: stdout.trim() } : undefined;
}

export const isAlive = async ({ pid, born }: ProcessId): Promise<boolean> => (await identify(pid))?.born === born;
