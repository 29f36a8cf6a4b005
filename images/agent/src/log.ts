/** One JSON line an event. Never give it a secret: whoever reads the container's log reads this. */
export interface Log {
  info(event: string, details?: Record<string, unknown>): void;
  error(event: string, error: unknown, details?: Record<string, unknown>): void;
}

/** @param stream stdout for the daemon; stderr where stdout carries a result */
export function logTo(stream: NodeJS.WritableStream): Log {
  const write = (level: string, event: string, details: Record<string, unknown>) =>
    stream.write(`${JSON.stringify({ at: new Date().toISOString(), level, event, ...details })}\n`);
  return {
    info: (event, details = {}) => void write("info", event, details),
    error: (event, error, details = {}) => void write("error", event, { ...details, message: messageOf(error) }),
  };
}

/** An error's message with those of its causes. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ");
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}
