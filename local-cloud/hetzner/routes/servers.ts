import { Hono } from "hono";
import { z } from "zod";
import type { Cloud } from "../cloud";
import type { Server } from "../entities";
import { ApiError, invalidInput, notFound, notImplemented, notUnique, readBody } from "../errors";
import { listResponse } from "../list";
import { refuseUnavailable, resourceUnavailable } from "../scenarios";
import { images, locations, serverTypes } from "../seed";
import { actionView, serverView } from "../views";
import { byIdOrName, hostnameField, idOrName, labelsField } from "./fields";

const createBody = z.strictObject({
  name: hostnameField,
  server_type: idOrName,
  image: idOrName,
  location: idOrName.optional(),
  datacenter: idOrName.optional(),
  ssh_keys: z.array(idOrName).default([]),
  user_data: z
    .string()
    .max(32 * 1024)
    .default(""),
  labels: labelsField.default({}),
  firewalls: z.array(z.strictObject({ firewall: z.number().int() })).default([]),
  volumes: z.array(z.number().int()).default([]),
  automount: z.boolean().default(false),
  start_after_create: z.literal(true).default(true),
  public_net: z
    .strictObject({ enable_ipv4: z.literal(true).default(true), enable_ipv6: z.boolean().default(true) })
    .optional(),
});
const updateBody = z.strictObject({ name: hostnameField.optional(), labels: labelsField.optional() });
const protectionBody = z.strictObject({ delete: z.boolean().optional(), rebuild: z.boolean().optional() });

/** `/servers`. POST answers at once with a running action; the host boots in the background. */
export function serverRoutes(cloud: Cloud): Hono {
  const find = (id: string) => cloud.find("servers", Number(id));
  const view = (server: Server) => serverView(server, cloud.state, cloud.addressOf(server.id));
  const resource = (server: Server) => [{ id: server.id, type: "server" as const }];

  const order = (body: z.output<typeof createBody>): Server => {
    if (body.datacenter !== undefined) throw invalidInput("datacenter", "no longer accepted: use location");
    const type = byIdOrName(serverTypes, body.server_type);
    if (!type) throw invalidInput("server_type", `server type '${body.server_type}' does not exist`);
    const image = byIdOrName(images, body.image);
    if (!image) throw invalidInput("image", `image '${body.image}' does not exist`);
    const location = byIdOrName(locations, body.location ?? Object.keys(type.offers)[0]!);
    if (!location) throw invalidInput("location", `location '${body.location}' does not exist`);
    const offer = type.offers[location.name];
    if (offer === undefined) throw new ApiError(422, "invalid_input", "unsupported location for server type");
    if (offer === "sold-out") throw resourceUnavailable(type.name, location.name);
    refuseUnavailable(cloud.faults, type.name, location.name);
    if (body.ssh_keys.length === 0)
      throw notImplemented("POST /servers without ssh_keys (a root password sent by e-mail)");
    const keys = body.ssh_keys.map((wanted) => {
      const key = byIdOrName(cloud.state.sshKeys, wanted);
      if (!key) throw notFound("SSH key", wanted);
      return key;
    });
    if (cloud.state.servers.some((server) => server.name === body.name)) {
      throw new ApiError(409, "uniqueness_error", "server name is already used", { fields: [{ name: "name" }] });
    }
    return {
      id: 0,
      name: body.name,
      status: "initializing",
      serverType: type.name,
      image: image.name,
      location: location.name,
      userData: body.user_data,
      publicKeys: keys.map((key) => key.publicKey),
      firewallIds: body.firewalls.map(({ firewall }) => cloud.find("firewalls", firewall).id),
      labels: body.labels,
      protection: { delete: false, rebuild: false },
      created: new Date().toISOString(),
    };
  };

  return new Hono()
    .get("/", (c) => listResponse(c, "servers", cloud.state.servers.map(view)))
    .post("/", async (c) => {
      const body = await readBody(c.req, createBody);
      if (body.automount) throw notImplemented("automount (mount the volume by cloud-init or by SSH)");
      const server = order(body);
      const volumes = body.volumes.map((id) => cloud.find("volumes", id));
      for (const volume of volumes) {
        if (volume.serverId !== null)
          throw new ApiError(422, "volume_already_attached", `volume ${volume.id} is attached`);
        if (volume.location !== server.location)
          throw invalidInput("volumes", "volume and server must be in the same location");
      }
      server.id = cloud.nextServerId();
      cloud.state.servers.push(server);
      for (const volume of volumes) volume.serverId = server.id;

      const failed = cloud.faults.strike("boot-failure", { method: "POST", path: "/servers" });
      const action = cloud.act("create_server", resource(server), async () => {
        if (failed) throw new Error("server creation failed (fault boot-failure)");
        await cloud.boot(server.id);
      });
      // Queued behind create_server, with which the host was started.
      const next = cloud.act("start_server", resource(server), async () => {
        if (server.status !== "running") throw new Error("server was not created");
      });
      return c.json(
        { server: view(server), action: actionView(action), next_actions: [actionView(next)], root_password: null },
        201,
      );
    })
    .get("/:id{[0-9]+}", (c) => c.json({ server: view(find(c.req.param("id"))) }))
    .put("/:id{[0-9]+}", async (c) => {
      const server = find(c.req.param("id"));
      const body = await readBody(c.req, updateBody);
      if (cloud.state.servers.some((s) => s.name === body.name && s !== server)) throw notUnique("name");
      Object.assign(server, body);
      cloud.store.save();
      return c.json({ server: view(server) });
    })
    .delete("/:id{[0-9]+}", (c) => {
      const server = find(c.req.param("id"));
      if (server.protection.delete) throw new ApiError(403, "protected", "server deletion is protected");
      server.status = "deleting";
      const action = cloud.act("delete_server", resource(server), () => cloud.destroy(server.id));
      return c.json({ action: actionView(action) });
    })
    .post("/:id{[0-9]+}/actions/change_protection", async (c) => {
      const server = find(c.req.param("id"));
      Object.assign(server.protection, await readBody(c.req, protectionBody));
      return c.json({ action: actionView(cloud.act("change_protection", resource(server))) }, 201);
    })
    .post("/:id{[0-9]+}/actions/:command{poweron|poweroff|shutdown|reboot|reset}", (c) => {
      const server = find(c.req.param("id"));
      const command = c.req.param("command") as PowerCommand;
      const action = cloud.act(powerCommands[command], resource(server), () => power(cloud, server, command));
      return c.json({ action: actionView(action) }, 201);
    });
}

/** The commands of the API, and the names of their actions. */
const powerCommands = {
  poweron: "start_server",
  poweroff: "stop_server",
  shutdown: "shutdown_server",
  reboot: "reboot_server",
  reset: "reset_server",
} as const;
type PowerCommand = keyof typeof powerCommands;

async function power(cloud: Cloud, server: Server, command: PowerCommand): Promise<void> {
  const graceful = command === "shutdown" || command === "reboot";
  if (command !== "poweron") {
    await cloud.driver.power(server.id, "off", { graceful });
    server.status = "off";
  }
  if (command !== "poweroff" && command !== "shutdown") {
    await cloud.boot(server.id);
  }
}
