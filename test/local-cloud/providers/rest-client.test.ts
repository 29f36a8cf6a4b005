import { Hono } from "hono";
import { afterEach, expect, it } from "vitest";
import { listen } from "../../../local-cloud/emulator/listen";
import { RestClient } from "../../../local-cloud/providers/rest-client";

let server: Awaited<ReturnType<typeof listen>> | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A client of an API that answers with these, one after the other; the last one again and again. */
async function clientOf(...answers: [status: number, document: object | string][]) {
  const asked: string[] = [];
  const app = new Hono().all("*", (c) => {
    asked.push(c.req.method);
    const [status, document] = answers[Math.min(asked.length, answers.length) - 1]!;
    const text = typeof document === "string" ? document : JSON.stringify(document);
    return new Response(text === "" ? null : text, { status });
  });
  server = await listen(app, { port: 0, hostname: "127.0.0.1" });
  const explain = (document: unknown) => (document as { error?: { code: string; message: string } } | undefined)?.error;
  return { asked, client: new RestClient({ baseUrl: server.origin, token: "t", explain }) };
}

const limited = { error: { code: "rate_limit_exceeded", message: "slow down" } };

it("asks again after 429 and 503", async () => {
  const { client, asked } = await clientOf([429, limited], [503, "<html>"], [200, { ok: true }]);
  expect(await client.request("POST", "/x", {})).toEqual({ ok: true });
  expect(asked).toHaveLength(3);
});

it("gives up at once on an error that stays, with the API's code", async () => {
  const { client, asked } = await clientOf([422, { error: { code: "invalid_input", message: "no" } }]);
  await expect(client.request("POST", "/x", {})).rejects.toThrow("no (invalid_input, HTTP 422, POST /x)");
  expect(asked).toHaveLength(1);
});

it("tells what is not there from what failed", async () => {
  const { client } = await clientOf([404, {}], [204, ""], [501, "nothing here"]);
  expect(await client.find("/x")).toBeUndefined();
  expect(await client.request("DELETE", "/x")).toBeUndefined();
  await expect(client.find("/x")).rejects.toThrow("nothing here (501, HTTP 501, GET /x)");
});

it("names the URL and the reason when nobody answers, and stops when it is told to", { timeout: 20_000 }, async () => {
  const { client } = await clientOf([200, {}]);
  const origin = server!.origin;
  await server!.close();
  server = undefined;
  await expect(client.request("GET", "/x", undefined, AbortSignal.timeout(50))).rejects.toThrow(/timeout/i);
  await expect(client.request("GET", "/x")).rejects.toThrow(`GET ${origin}/x: no answer (ECONNREFUSED)`);
});
