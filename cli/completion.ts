import type { Command } from "commander";

/**
 * `smarter complete SHELL` prints the script for bash, zsh, fish or powershell; the script asks `smarter complete -- WORDS` for each word.
 * Made from the commands themselves, so that it never lacks one.
 */
export async function complete(program: Command, args: readonly string[]): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  tab(program);
  await program.parseAsync([...args], { from: "user" });
}
