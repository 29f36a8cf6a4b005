import type { Command } from "commander";
import type { Output } from "./context";

/**
 * The library's script for bash takes the words of the line from the package bash-completion, and fails at each key where that is not
 * installed (a server, a rescue system). The same from bash's own variables; where the package is there, it is used.
 */
const bashAlone = `declare -F _get_comp_words_by_ref > /dev/null || _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${words[cword]} prev=\${words[cword - 1]}
}`;

/**
 * `smarter complete SHELL` prints the script for bash, zsh, fish or powershell; the script asks `smarter complete -- WORDS` for each word.
 * Made from the commands themselves, so that it never lacks one.
 */
export async function complete(program: Command, args: readonly string[], { print }: Output): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  if (args[1] === "bash") print(bashAlone);
  tab(program);
  await program.parseAsync([...args], { from: "user" });
}
