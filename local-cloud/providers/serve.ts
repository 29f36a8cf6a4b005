import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engine-log";
import type { Provider } from "./provider";
import { resourceProvider } from "./resource-provider";

/**
 * Runs a provider as a resource plugin: listens on a free loopback port and prints that port on stdout, which is all that the
 * engine waits for. The engine's own address is the last argument. Ends when the engine is gone, so that a killed
 * deployment leaves nobody working behind its back.
 *
 * Not built on `@pulumi/pulumi/provider`: its server cannot answer an import (a Read without properties) and knows no
 * old inputs, detailed diffs or partial failures.
 */
export async function serve<Client>(provider: Provider<Client>): Promise<void> {
  const log = new EngineLog(process.argv.slice(2).findLast((argument) => !argument.startsWith("-")));
  const cancellation = new AbortController();
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, resourceProvider(provider, { log, cancellation }));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  endWithParent(cancellation);
  process.stdout.write(`${port}\n`);
}

/** The engine kills its plugins when it ends in order; when it was killed itself, our parent process changes. */
function endWithParent(cancellation: AbortController): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid === engine) return;
    cancellation.abort(new Error("the engine is gone"));
    process.exit(1);
  }, 500).unref();
}
