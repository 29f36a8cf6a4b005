import { Hono } from "hono";
import type { Cloud } from "../cloud";
import { notFound } from "../errors";
import { listResponse } from "../list";
import { images, locations, serverTypes } from "../seed";
import { imageView, locationView, serverTypeView } from "../views";
import { isSoldOut } from "../scenarios";

/** What can be ordered: `/locations`, `/server_types`, `/images`. */
export function catalogueRoutes(cloud: Cloud): Hono {
  const types = () =>
    serverTypes.map((type) => serverTypeView(type, (location) => isSoldOut(cloud.faults, type.name, location)));
  const one = <T extends { id: number }>(what: string, all: readonly T[], id: string): T => {
    const found = all.find((entity) => entity.id === Number(id));
    if (!found) throw notFound(what, id);
    return found;
  };
  return new Hono()
    .get("/locations", (c) => listResponse(c, "locations", locations.map(locationView)))
    .get("/locations/:id{[0-9]+}", (c) =>
      c.json({ location: locationView(one("location", locations, c.req.param("id"))) }),
    )
    .get("/server_types", (c) => listResponse(c, "server_types", types()))
    .get("/server_types/:id{[0-9]+}", (c) => c.json({ server_type: one("server_type", types(), c.req.param("id")) }))
    .get("/images", (c) => {
      const architecture = c.req.query("architecture") ?? "x86";
      const type = c.req.query("type") ?? "system";
      const found = images.map(imageView).filter((image) => image.architecture === architecture && image.type === type);
      return listResponse(c, "images", found, ["architecture", "type", "include_deprecated"]);
    })
    .get("/images/:id{[0-9]+}", (c) => c.json({ image: imageView(one("image", images, c.req.param("id"))) }));
}
