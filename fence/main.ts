import { text } from "node:stream/consumers";
import { fenceSpec } from "../contracts/fence";
import { fence, FenceRefused } from "./fence";

/** The fence as a program: its spec on stdin, its result on stdout; exit code 1 and the reason on stderr when the recovery must not go on. */
async function main(): Promise<void> {
  const spec = fenceSpec.parse(JSON.parse(await text(process.stdin)));
  process.stdout.write(JSON.stringify(await fence(spec)));
}

// An end before the decision is no decision.
process.exitCode = 1;
main().then(
  // What a way left open (a connection that hangs) is no reason to wait.
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(error instanceof FenceRefused ? `fence: ${error.message}\n` : `fence: ${error.stack}\n`, () =>
      process.exit(1),
    );
  },
);
