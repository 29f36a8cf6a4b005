/** Exit code of a program that Ctrl-C stopped. */
export const interrupted = 130;

/**
 * Aborted by the first Ctrl-C or SIGTERM, which says what happens now; the second ends the process at once.
 * @param said for the terminal
 */
export function stopSignal(said: string): AbortSignal {
  const stopped = new AbortController();
  const onSignal = () => {
    if (stopped.signal.aborted) process.exit(interrupted);
    process.stderr.write(`${said}\n`);
    stopped.abort(new Error("stopped by a signal"));
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return stopped.signal;
}
