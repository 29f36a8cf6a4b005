import { request, type IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { Hono } from "hono";
import { z } from "zod";
import { state } from "./state";

/** What `cloud:up` tells the daemon; a running daemon with other settings is replaced. */
export const daemonSettings = z.strictObject({
  /** Path of the versitygw executable. */
  versitygw: z.string(),
  /** Path of the docker-registry executable. */
  dockerRegistry: z.string(),
  /** Image of the emulated hosts, in the outer Docker. */
  hostImage: z.string(),
  /** Zones of the Cloudflare account. */
  zones: z.array(z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/), name: z.string() })),
});
export type DaemonSettings = z.infer<typeof daemonSettings>;

export const hostingerBoot = z.strictObject({ hostKeyPrivate: z.string(), authorizedKey: z.string() });

const hostingerNetwork = z.strictObject({ connected: z.boolean() });

/** What the daemon can be asked for. Each resolves when the effect is there. */
export interface Admin {
  settings(): DaemonSettings;
  /** Host ids -> whether they run. */
  hosts(): Promise<Record<string, boolean>>;
  bootHostinger(args: z.infer<typeof hostingerBoot>): Promise<void>;
  destroyHostinger(): Promise<void>;
  /** Cuts the VPS off from the network, or connects it again. */
  connectHostinger(connected: boolean): Promise<void>;
  /** Cuts the VPS' power and gives it back. */
  rebootHostinger(): Promise<void>;
  /** Back to an empty cloud: no bucket, no host, no server, the zones' seeds. Images stay. */
  reset(): Promise<void>;
}

export const adminRoutes = (admin: Admin) =>
  new Hono()
    .get("/status", async (c) => c.json({ settings: admin.settings(), hosts: await admin.hosts() }))
    .put("/hostinger", async (c) => {
      await admin.bootHostinger(hostingerBoot.parse(await c.req.json()));
      return c.json({});
    })
    .delete("/hostinger", async (c) => {
      await admin.destroyHostinger();
      return c.json({});
    })
    .put("/hostinger/network", async (c) => {
      await admin.connectHostinger(hostingerNetwork.parse(await c.req.json()).connected);
      return c.json({});
    })
    .post("/hostinger/reboot", async (c) => {
      await admin.rebootHostinger();
      return c.json({});
    })
    .post("/reset", async (c) => {
      await admin.reset();
      return c.json({});
    })
    .onError((error, c) => {
      console.error(`admin: ${c.req.method} ${c.req.path}:`, error);
      return c.json({ error: error.message }, 500);
    });

const status = z.object({ settings: daemonSettings, hosts: z.record(z.string(), z.boolean()) });
export type Status = z.infer<typeof status>;

/** Asks the running daemon. Rejects with its error message, or when no daemon answers. */
export const adminClient = {
  status: async (): Promise<Status> => status.parse(await ask("GET", "/status")),
  bootHostinger: async (args: z.infer<typeof hostingerBoot>) => void (await ask("PUT", "/hostinger", args)),
  destroyHostinger: async () => void (await ask("DELETE", "/hostinger")),
  connectHostinger: async (connected: boolean) => void (await ask("PUT", "/hostinger/network", { connected })),
  rebootHostinger: async () => void (await ask("POST", "/hostinger/reboot")),
  reset: async () => void (await ask("POST", "/reset")),
} as const;

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    request({ socketPath: state.adminSocket(), method, path, headers, agent: false }, resolve)
      .once("error", (cause) =>
        reject(new Error(`the local cloud does not answer (${cause.message}); fix: npm run cloud:up`, { cause })),
      )
      .end(body && JSON.stringify(body));
  });
  const answer = await json(response);
  if (response.statusCode !== 200)
    throw new Error(`local cloud, ${method} ${path}: ${(answer as { error: string }).error}`);
  return answer;
}
