import { once } from "node:events";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";
import { lockHost } from "../../cli/recover/lock";
import { runOverSsh } from "../../components/host/ssh";

let server: Server | undefined;
afterEach(() => server?.close());

/** Takes connections, and closes them. @param greeting what it says first */
async function closing(greeting: string): Promise<{ host: string; port: number }> {
  server = createServer((socket) => socket.end(greeting)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

it.each([
  ["at once", ""],
  ["after it has said that it speaks SSH", "SSH-2.0-none\r\n"],
])("a host that closes the connection %s fails, and keeps nobody waiting", async (_, greeting) => {
  const host = await closing(greeting);
  await expect(runOverSsh(host, "true")).rejects.toThrow();
  await expect(lockHost(host, "nobody")).rejects.toThrow();
});
