import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";

/** What every emulator's `start` returns. */
export interface Emulator {
  /** Base URL as its clients are configured with it, version path included. */
  readonly url: string;
  /** Back to the seed; armed faults are cleared. */
  reset(): Promise<void>;
  /** Stops listening and cuts open connections; the state file stays. */
  close(): Promise<void>;
}

/** Serves `app` and returns when it listens. Port 0 takes a free one. Rejects when the address is taken. */
export async function listen(
  app: Hono<any>,
  { port, hostname }: { port: number; hostname: string },
): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(port, hostname);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error(`listen ${hostname}:${port}: no TCP address`);
  return {
    origin: `http://${hostname}:${address.port}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
