import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { VaultClient } from "../../images/agent/src/vault-client";
import { within } from "../../outside/within";
import { s3Client } from "../../stacks/backup-store";
import { ListBucketsCommand } from "@aws-sdk/client-s3";

/** Takes connections, and never says a word. */
const sockets: Socket[] = [];
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((socket) => void sockets.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

it("a Vault that takes connections and never answers is given up", async () => {
  const error: unknown = await new VaultClient(url, "token", 0.3).appliedIndex().catch((e: unknown) => e);
  expect(error).toMatchObject({
    message: `Vault at ${url} cannot be reached`,
    cause: { message: "no answer in 0.3 s" },
  });
});

it("so is a store", async () => {
  const keys = { region: "eu-central-1", endpoint: url, accessKey: "key", secretKey: "secret" };
  const s3 = s3Client(keys, undefined, 0.2);
  await expect(s3.send(new ListBucketsCommand({}))).rejects.toThrow(/exceeded the configured 200 ms/);
  s3.destroy();
});

it("work that does not listen to its signal is given up all the same", async () => {
  await expect(within(0.05, () => new Promise(() => undefined))).rejects.toThrow("no answer in 0.05 s");
  expect(await within(5, async () => "an answer")).toBe("an answer");
});
