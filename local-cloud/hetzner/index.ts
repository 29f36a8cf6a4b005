import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { addresses, credentials } from "../addresses";
import { Faults } from "../emulator/faults";
import { listen, type Emulator } from "../emulator/listen";
import { StateFile } from "../emulator/state-file";
import { Cloud } from "./cloud";
import type { HostDriver } from "./driver";
import { emptyCloud } from "./entities";
import { ApiError, notImplemented, unauthorized } from "./errors";
import { actionRoutes } from "./routes/actions";
import { catalogueRoutes } from "./routes/catalogue";
import { firewallRoutes } from "./routes/firewalls";
import { serverRoutes } from "./routes/servers";
import { sshKeyRoutes } from "./routes/ssh-keys";
import { volumeRoutes } from "./routes/volumes";
import { scenarios, strikeAnyRequest } from "./scenarios";

export interface HetznerArgs {
  /** @default addresses.hetzner.port */
  readonly port?: number;
  /** @default addresses.front */
  readonly hostname?: string;
  /** Where the project's state is kept across restarts. */
  readonly stateFile: string;
  /** Makes hosts of servers. */
  readonly driver: HostDriver;
  /** The one valid API token. @default credentials.hetznerToken */
  readonly token?: string;
  /** Public IPv4 of a server. @default addresses.hetznerServer */
  readonly addressOf?: (serverId: number) => string;
}

export interface HetznerEmulator extends Emulator {
  /** Settles when the hosts of a former run are up again; rejects when one is not. Nothing needs to wait for it but `cloud:up`. */
  readonly resumed: Promise<void>;
}

/**
 * Starts the emulator of the Hetzner Cloud API, version 1 (https://docs.hetzner.cloud/reference/cloud): what the hcloud plugin
 * asks, and the rest answers 501. It listens when this returns. `reset` destroys all servers and volumes.
 */
export async function start(args: HetznerArgs): Promise<HetznerEmulator> {
  const store = new StateFile(args.stateFile, emptyCloud);
  const faults = new Faults(scenarios);
  const cloud = new Cloud(store, args.driver, faults, args.addressOf ?? addresses.hetznerServer);

  const server = await listen(app(cloud, args.token ?? credentials.hetznerToken), {
    port: args.port ?? addresses.hetzner.port,
    hostname: args.hostname ?? addresses.front,
  });
  const resumed = cloud.resume();
  resumed.catch(() => undefined); // reported by the failed actions, and to whoever awaits `resumed`
  return {
    url: `${server.origin}/v1`,
    resumed,
    reset: async () => {
      faults.clear();
      await cloud.idle();
      for (const { id } of cloud.state.servers) await args.driver.destroy(id);
      for (const { id } of cloud.state.volumes) await args.driver.destroyVolume(id);
      store.reset();
    },
    close: async () => {
      await server.close();
      await cloud.idle();
    },
  };
}

function app(cloud: Cloud, token: string): Hono {
  const v1 = new Hono()
    .use(async (c, next) => {
      strikeAnyRequest(cloud.faults, { method: c.req.method, path: c.req.path });
      if (c.req.header("authorization") !== `Bearer ${token}`) throw unauthorized();
      await next();
    })
    .route("/", catalogueRoutes(cloud))
    .route("/ssh_keys", sshKeyRoutes(cloud))
    .route("/firewalls", firewallRoutes(cloud))
    .route("/servers", serverRoutes(cloud))
    .route("/volumes", volumeRoutes(cloud))
    .route("/actions", actionRoutes(cloud));

  return new Hono()
    .route("/_emulator/faults", cloud.faults.routes())
    .route("/v1", v1)
    .notFound((c) => {
      const error = notImplemented(`${c.req.method} ${c.req.path}`);
      return c.json(error.body, error.status);
    })
    .onError((error, c) => {
      if (error instanceof ApiError) return c.json(error.body, error.status);
      if (error instanceof HTTPException) return error.getResponse();
      console.error(`hetzner emulator: ${c.req.method} ${c.req.path}:`, error);
      return c.json(new ApiError(500, "server_error", error.message).body, 500);
    });
}
