import { Hono } from "hono";
import { z } from "zod";
import { attached, type Cloud } from "../cloud";
import type { Action, Volume } from "../entities";
import { ApiError, invalidInput, notImplemented, notUnique, readBody } from "../errors";
import { listResponse } from "../list";
import { locations } from "../seed";
import { actionView, volumeView } from "../views";
import { byIdOrName, idOrName, labelsField, nameField } from "./fields";

/** GB, as the API bounds it. */
const sizeField = z.number().int().min(10).max(10240);
const createBody = z.strictObject({
  name: nameField,
  size: sizeField,
  server: z.number().int().optional(),
  location: idOrName.optional(),
  format: z.enum(["ext4", "xfs"]).optional(),
  automount: z.boolean().default(false),
  labels: labelsField.default({}),
});
const updateBody = z.strictObject({ name: nameField.optional(), labels: labelsField.optional() });

/** `/volumes`. A volume outlives its server; its content goes only when the volume is deleted. */
export function volumeRoutes(cloud: Cloud): Hono {
  const find = (id: string) => cloud.find("volumes", Number(id));
  const resources = (volume: Volume, serverId: number | null): Action["resources"] => [
    { id: volume.id, type: "volume" },
    ...(serverId === null ? [] : [{ id: serverId, type: "server" as const }]),
  ];
  const refuseAutomount = (automount: boolean) => {
    if (automount) throw notImplemented("automount (mount the volume by cloud-init or by SSH)");
  };
  const attach = (volume: Volume, serverId: number): Action => {
    volume.serverId = serverId;
    return cloud.act("attach_volume", resources(volume, serverId), () =>
      cloud.whileOn(serverId, () => cloud.driver.attachVolume(attached(volume, serverId))),
    );
  };

  return new Hono()
    .get("/", (c) => listResponse(c, "volumes", cloud.state.volumes.map(volumeView)))
    .post("/", async (c) => {
      const body = await readBody(c.req, createBody);
      refuseAutomount(body.automount);
      if (cloud.state.volumes.some((v) => v.name === body.name)) throw notUnique("name");
      if ((body.server === undefined) === (body.location === undefined))
        throw invalidInput("location", "give either server or location");
      const server = body.server === undefined ? undefined : cloud.find("servers", body.server);
      const location = byIdOrName(locations, server?.location ?? body.location!);
      if (!location) throw invalidInput("location", `location '${body.location}' does not exist`);
      const volume: Volume = {
        id: cloud.nextId("volume"),
        name: body.name,
        sizeGiB: body.size,
        location: location.name,
        serverId: null,
        format: body.format ?? null,
        labels: body.labels,
        protection: { delete: false },
        created: new Date().toISOString(),
      };
      cloud.state.volumes.push(volume);
      const action = cloud.act("create_volume", resources(volume, null));
      const next = server ? [attach(volume, server.id)] : [];
      return c.json(
        { volume: volumeView(volume), action: actionView(action), next_actions: next.map(actionView) },
        201,
      );
    })
    .get("/:id{[0-9]+}", (c) => c.json({ volume: volumeView(find(c.req.param("id"))) }))
    .put("/:id{[0-9]+}", async (c) => {
      const volume = find(c.req.param("id"));
      const body = await readBody(c.req, updateBody);
      if (cloud.state.volumes.some((v) => v.name === body.name && v !== volume)) throw notUnique("name");
      Object.assign(volume, body);
      cloud.store.save();
      return c.json({ volume: volumeView(volume) });
    })
    .delete("/:id{[0-9]+}", async (c) => {
      const volume = find(c.req.param("id"));
      if (volume.protection.delete) throw new ApiError(403, "protected", "volume deletion is protected");
      if (volume.serverId !== null)
        throw new ApiError(409, "resource_in_use", `volume with ID '${volume.id}' is attached to a server`);
      await cloud.driver.destroyVolume(volume.id);
      cloud.state.volumes = cloud.state.volumes.filter((v) => v !== volume);
      cloud.store.save();
      return c.body(null, 204);
    })
    .post("/:id{[0-9]+}/actions/attach", async (c) => {
      const volume = find(c.req.param("id"));
      const body = await readBody(
        c.req,
        z.strictObject({ server: z.number().int(), automount: z.boolean().default(false) }),
      );
      refuseAutomount(body.automount);
      if (volume.serverId !== null)
        throw new ApiError(422, "volume_already_attached", "volume is already attached to a server");
      const server = cloud.find("servers", body.server);
      if (server.location !== volume.location)
        throw invalidInput("server", "volume and server must be in the same location");
      return c.json({ action: actionView(attach(volume, server.id)) }, 201);
    })
    .post("/:id{[0-9]+}/actions/detach", (c) => {
      const volume = find(c.req.param("id"));
      const serverId = volume.serverId;
      if (serverId === null) throw new ApiError(422, "volume_not_attached", "volume is not attached to a server");
      const action = cloud.act("detach_volume", resources(volume, serverId), async () => {
        await cloud.whileOn(serverId, () => cloud.driver.detachVolume({ volumeId: volume.id, serverId }));
        volume.serverId = null;
      });
      return c.json({ action: actionView(action) }, 201);
    })
    .post("/:id{[0-9]+}/actions/resize", async (c) => {
      const volume = find(c.req.param("id"));
      const { size } = await readBody(c.req, z.strictObject({ size: sizeField }));
      if (size <= volume.sizeGiB)
        throw invalidInput("size", `must be greater than the current size of ${volume.sizeGiB}`);
      const action = cloud.act("resize_volume", resources(volume, volume.serverId), async () => {
        await cloud.driver.resizeVolume({ volumeId: volume.id, sizeGiB: size });
        volume.sizeGiB = size;
      });
      return c.json({ action: actionView(action) }, 201);
    })
    .post("/:id{[0-9]+}/actions/change_protection", async (c) => {
      const volume = find(c.req.param("id"));
      Object.assign(volume.protection, await readBody(c.req, z.strictObject({ delete: z.boolean() })));
      return c.json({ action: actionView(cloud.act("change_protection", resources(volume, null))) }, 201);
    });
}
