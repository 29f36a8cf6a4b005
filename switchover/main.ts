import { text } from "node:stream/consumers";
import { switchoverSpec } from "../contracts/switchover";
import { takeLock } from "../toolchain/lock";
import { stderrLog } from "../toolchain/progress";
import { NotSwitched, switchOver } from "./switchover";

/**
 * The switchover as a program: its spec on stdin, its result on stdout; exit code 1 and the reason on stderr. One at a time: a second one begins when
 * the first, whose engine may have been killed, has claimed the generation or started the services again.
 */
async function main(): Promise<void> {
  const spec = switchoverSpec.parse(JSON.parse(await text(process.stdin)));
  const unlock = await takeLock(`switchover-${spec.domain}-g${spec.generation}`, stderrLog);
  try {
    process.stdout.write(JSON.stringify(await switchOver(spec)));
  } finally {
    await unlock();
  }
}

main().catch((error: Error) => {
  process.stderr.write(`switchover: ${error instanceof NotSwitched ? error.message : error.stack}\n`);
  process.exitCode = 1;
});
