import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { serve, type ServerType } from "@hono/node-server";
import { Hono } from "hono";

/** A registry that gives digests only to who holds a token for that repository, as Docker Hub does. */
export interface FakeRegistry {
  /** "127.0.0.1:PORT" */
  readonly host: string;
  /** Requests for manifests: method, path and Accept header. */
  readonly asked: { method: string; path: string; accept: string }[];
  /** Digests by "repository:tag"; a number is answered as that status. Change it at will. */
  readonly tags: Map<string, string | number>;
  close(): Promise<void>;
}

export interface FakeRegistryOptions {
  /** Needed for every token. @default anyone gets one */
  readonly login?: { readonly username: string; readonly password: string };
  /** Serves TLS with it. @default plain HTTP */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export async function fakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const asked: FakeRegistry["asked"] = [];
  const tags: FakeRegistry["tags"] = new Map();
  let origin = "";
  const app = new Hono();
  app.get("/token", (c) => {
    const { login } = options;
    const wanted = login && `Basic ${Buffer.from(`${login.username}:${login.password}`).toString("base64")}`;
    if (wanted !== undefined && c.req.header("authorization") !== wanted) return c.json({ errors: [] }, 401);
    if (c.req.query("service") !== "fake registry") return c.json({ errors: ["service"] }, 400);
    return c.json({ token: `token for ${c.req.query("scope")}` });
  });
  // hono sends HEAD requests to the handlers of GET.
  app.get("/v2/*", (c) => {
    const [, repository = "", tag = ""] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(c.req.path) ?? [];
    asked.push({ method: c.req.method, path: c.req.path, accept: c.req.header("accept") ?? "" });
    const scope = `repository:${repository}:pull`;
    if (c.req.header("authorization") !== `Bearer token for ${scope}`) {
      c.header("www-authenticate", `Bearer realm="${origin}/token",service="fake registry",scope="${scope}"`);
      return c.json({ errors: [] }, 401);
    }
    const found = tags.get(`${repository}:${tag}`) ?? 404;
    if (typeof found === "number") return new Response(null, { status: found });
    return c.body("{}", 200, { "docker-content-digest": found });
  });
  const server = await new Promise<ServerType>((resolve) => {
    const listening: ServerType = serve(
      {
        fetch: app.fetch,
        port: 0,
        hostname: "127.0.0.1",
        ...(options.tls && { createServer: createTlsServer, serverOptions: options.tls }),
      } as Parameters<typeof serve>[0],
      () => resolve(listening),
    );
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  origin = `${options.tls ? "https" : "http"}://${host}`;
  return {
    host,
    asked,
    tags,
    close: () => new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve()))),
  };
}

/** A digest for tests: one character, 64 times. */
export const digestOf = (character: string) => `sha256:${character.repeat(64)}`;
