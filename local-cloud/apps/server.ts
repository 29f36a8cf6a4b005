import { timingSafeEqual } from "node:crypto";
import { serve, type ServerType } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { z } from "zod";
import { describe, seedRequest, writeRequest, type DrillActions, type Role, type RunningRole } from "./role";

/** Where and how an application listens. */
export interface Listen {
  readonly hostname?: string;
  /** @default the role's own; 0 takes any free one */
  readonly port?: number;
  /** See `Role.start`. @default "/" */
  readonly root?: string;
}

/** An application that serves. */
export interface RunningApp {
  /** @example "http://127.0.0.1:8069" */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a role and serves it; resolves when it listens. @throws what `Role.start` throws, or when the port is taken */
export async function startApp(role: Role, env: NodeJS.ProcessEnv, listen: Listen = {}): Promise<RunningApp> {
  const running = await role.start(env, listen.root ?? "/");
  const app = application(role, running, env["DRILL_TOKEN"]);
  const hostname = listen.hostname ?? "0.0.0.0";
  const server = serve({ fetch: app.fetch, hostname, port: listen.port ?? role.port });
  if (!server.listening) await once(server, "listening");
  return {
    url: `http://${hostname}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await closeServer(server);
      await running.close();
    },
  };
}

/** The HTTP side of a role: its health paths, its own routes, and the drill's when a token is set. */
export function application(role: Role, running: RunningRole, drillToken: string | undefined): Hono {
  const app = new Hono();
  for (const path of role.healthPaths) {
    app.get(path, async (c) => {
      const checks = await running.checks();
      const failed = checks.filter(({ ok }) => !ok);
      if (failed.length === 0) return c.json(role.healthyBody(checks), 200);
      return c.json(
        { status: "fail", reason: failed.map(({ name, detail }) => `${name}: ${detail}`).join("; "), checks },
        503,
      );
    });
  }
  app.route("/", running.routes);
  if (drillToken) app.route("/_drill", drillRoutes(running.drill, drillToken));
  app.onError((error, c) => {
    if (error instanceof z.ZodError) return c.json({ error: z.prettifyError(error) }, 400);
    if (error instanceof SyntaxError) return c.json({ error: `body: ${error.message}; allowed: JSON` }, 400);
    console.error(`${c.req.method} ${c.req.path}: ${describe(error)}`);
    return c.json({ error: describe(error) }, 500);
  });
  app.notFound((c) => c.json({ error: `no such path: ${c.req.method} ${c.req.path}` }, 404));
  return app;
}

/** Endpoints of the drill's own; the real applications have none. Without DRILL_TOKEN they do not exist. */
function drillRoutes(drill: DrillActions, token: string): Hono {
  const app = new Hono();
  app.use(bearer(token));
  app.post("/seed", async (c) => c.json(await drill.seed(seedRequest.parse(await c.req.json()))));
  app.post("/write", async (c) => {
    const request = writeRequest.parse(await c.req.json());
    await drill.write(request);
    return c.json({ n: request.n, at: new Date().toISOString() });
  });
  app.get("/last", async (c) => c.json(await drill.last()));
  return app;
}

function bearer(token: string): MiddlewareHandler {
  const expected = Buffer.from(`Bearer ${token}`);
  return async (c, next) => {
    const given = Buffer.from(c.req.header("Authorization") ?? "");
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return c.json(
        { error: "Authorization: wrong or no bearer token; fix: send the DRILL_TOKEN of this service" },
        401,
      );
    }
    await next();
  };
}

/** Milliseconds between two looks for connections that have answered what they were asked. */
const idleLookMs = 50;

async function closeServer(server: ServerType): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // A proxy keeps its connections open, and goes on asking: a server that is closed still answers on them, and would never end.
  const closeIdle = () => void ("closeIdleConnections" in server && server.closeIdleConnections());
  closeIdle();
  const looking = setInterval(closeIdle, idleLookMs);
  await closed.finally(() => clearInterval(looking));
}
