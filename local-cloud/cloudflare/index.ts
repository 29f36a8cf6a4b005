import { Hono } from "hono";
import { addresses, credentials } from "../addresses";
import { Faults } from "../emulator/faults";
import { listen, type Emulator } from "../emulator/listen";
import type { ZoneData } from "../dns/zone";
import { ApiError, invalidToken, missingToken, notImplemented, success } from "./errors";
import { recordRoutes } from "./routes/records";
import { zoneRoutes } from "./routes/zones";
import { DnsStore, type ZoneSeed } from "./store";

export type { SeedRecord, ZoneSeed } from "./store";

export interface CloudflareArgs {
  /** @default addresses.cloudflare.port */
  readonly port?: number;
  /** @default addresses.front */
  readonly hostname?: string;
  /** Where zones and records are kept across restarts. */
  readonly stateFile: string;
  readonly zones: readonly ZoneSeed[];
  /** The one valid API token. @default credentials.cloudflareToken */
  readonly token?: string;
}

export interface CloudflareEmulator extends Emulator {
  /** The zones as they are now, for the DNS server: a change is answered from the next question on. */
  zones(): ZoneData[];
}

/** Faults that can be armed at `/_emulator/faults`. */
const scenarios = {
  "rate-limit": "every request answers 429 (10429)",
  unavailable: "every request answers 503",
  "read-only-token": "every request that writes answers 403 (10000)",
} as const;

const nameServers = ["ada.ns.local-cloud.test", "bob.ns.local-cloud.test"];

/**
 * Starts the emulator of the Cloudflare API, version 4: zones and DNS records (https://developers.cloudflare.com/api/), and
 * everything else answers 501. It listens when this returns. There is no proxy: a proxied record answers its content.
 */
export async function start(args: CloudflareArgs): Promise<CloudflareEmulator> {
  const store = new DnsStore(args.stateFile, args.zones);
  const faults = new Faults(scenarios);
  const server = await listen(app(store, faults, args.token ?? credentials.cloudflareToken), {
    port: args.port ?? addresses.cloudflare.port,
    hostname: args.hostname ?? addresses.front,
  });
  return {
    url: `${server.origin}/client/v4`,
    zones: () =>
      store.zones.map((zone) => ({
        name: zone.name,
        serial: zone.serial,
        nameServers,
        records: store.records.filter((record) => record.zone_id === zone.id),
      })),
    reset: async () => {
      faults.clear();
      store.reset();
    },
    close: server.close,
  };
}

function app(store: DnsStore, faults: Faults, token: string): Hono {
  const v4 = new Hono()
    .use(async (c, next) => {
      strike(faults, { method: c.req.method, path: c.req.path });
      const authorization = c.req.header("authorization");
      if (authorization === undefined) throw missingToken();
      const valid = authorization === `Bearer ${token}`;
      if (c.req.path.endsWith("/user/tokens/verify")) {
        if (!valid) throw new ApiError(401, 1000, "Invalid API Token");
        return c.json(success({ id: "10ca1c10dd".padEnd(32, "0"), status: "active" }));
      }
      if (!valid) throw invalidToken();
      await next();
    })
    .route("/", zoneRoutes(store, nameServers))
    .route("/", recordRoutes(store));

  return new Hono()
    .route("/_emulator/faults", faults.routes())
    .route("/client/v4", v4)
    .notFound((c) => {
      const error = notImplemented(`${c.req.method} ${c.req.path}`);
      return c.json(error.body, error.status);
    })
    .onError((error, c) => {
      if (error instanceof ApiError) return c.json(error.body, error.status);
      console.error(`cloudflare emulator: ${c.req.method} ${c.req.path}:`, error);
      return c.json(new ApiError(500, 10000, error.message).body, 500);
    });
}

function strike(faults: Faults, request: { method: string; path: string }): void {
  if (faults.strike("rate-limit", request))
    throw new ApiError(
      429,
      10429,
      "More than 1200 requests per 300 seconds reached. Please wait and consider throttling your request speed",
    );
  if (faults.strike("unavailable", request)) throw new ApiError(503, 10503, "Service temporarily unavailable");
  if (request.method !== "GET" && faults.strike("read-only-token", request))
    throw new ApiError(403, 10000, "Authentication error");
}
