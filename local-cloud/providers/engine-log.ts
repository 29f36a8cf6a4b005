import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

const severities = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;

/** Messages to the engine, shown beside a resource, in the order in which they were written. */
export class EngineLog {
  readonly #client: EngineClient | undefined;
  #last: Promise<void> = Promise.resolve();

  /** @param address of the engine; undefined (a plugin started by hand): messages go to stderr. */
  constructor(address: string | undefined) {
    this.#client = address ? new EngineClient(address, grpc.credentials.createInsecure()) : undefined;
  }

  write(severity: keyof typeof severities, urn: string, message: string): void {
    this.#last = this.#last.then(() => this.#send(severity, urn, message));
  }

  /** Resolves when everything written so far has reached the engine. */
  flushed(): Promise<void> {
    return this.#last;
  }

  #send(severity: keyof typeof severities, urn: string, message: string): Promise<void> {
    const client = this.#client;
    if (!client) {
      process.stderr.write(`${severity}: ${message}\n`);
      return Promise.resolve();
    }
    const request = new LogRequest().setSeverity(severities[severity]).setUrn(urn).setMessage(message);
    return new Promise((resolve) => {
      client.log(request, (error) => {
        // A lost message must not fail the operation that it belongs to.
        if (error) process.stderr.write(`could not log to the engine (${error.message}): ${message}\n`);
        resolve();
      });
    });
  }
}
