import { Hono } from "hono";
import type { Cloud } from "../cloud";
import { invalidInput, notFound } from "../errors";
import { listResponse } from "../list";
import { actionView } from "../views";

/** `/actions`: what a client polls until the background work has settled. As the real API, the list needs `id`s. */
export function actionRoutes(cloud: Cloud): Hono {
  return new Hono()
    .get("/", (c) => {
      if (c.req.queries("id") === undefined) throw invalidInput("id", "at least one id is required");
      return listResponse(c, "actions", cloud.state.actions.map(actionView));
    })
    .get("/:id{[0-9]+}", (c) => {
      const action = cloud.state.actions.find((a) => a.id === Number(c.req.param("id")));
      if (!action) throw notFound("action", c.req.param("id"));
      return c.json({ action: actionView(action) });
    });
}
