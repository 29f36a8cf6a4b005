import type { Command } from "commander";

/** Reads the command line and runs what it asks for. Whatever that throws is told on stderr as "NAME: message", and the process ends with 1. */
export async function runCommand(program: Command): Promise<void> {
  await program.parseAsync().catch((error: unknown) => {
    console.error(`${program.name()}: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
}
