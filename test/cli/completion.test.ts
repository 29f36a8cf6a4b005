import { join } from "node:path";
import { expect, it } from "vitest";
import { repoRoot } from "../../toolchain/paths";
import { run } from "../../toolchain/run";

/** What bash offers for a line, in a shell that knows nothing beside the script. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `source <(smarter complete bash)
COMP_WORDS=(smarter "$@") COMP_CWORD=$#
compopt() { :; }; __smarter_complete
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const env = { PATH: `${join(repoRoot(), "bin")}:${process.env["PATH"]}`, LANG: "C", LC_ALL: "C" };
  const { stdout, stderr } = await run("bash", ["--norc", "-c", script, "bash", ...words], { env });
  expect(stderr).toBe("");
  return stdout.split("\n");
}

it("completes in a bash without bash-completion", { timeout: 60_000 }, async () => {
  expect(await offered("check")).toEqual(["checklist"]);
  expect(await offered("failover", "")).toEqual(["activate"]);
  expect(await offered("status", "--w")).toEqual(["--watch"]);
});
