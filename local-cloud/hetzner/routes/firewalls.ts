import { Hono } from "hono";
import { z } from "zod";
import type { Cloud } from "../cloud";
import type { Action, Firewall, Server } from "../entities";
import { ApiError, invalidInput, notUnique, readBody } from "../errors";
import { listResponse } from "../list";
import { actionView, firewallView } from "../views";
import { labelsField, nameField } from "./fields";

const ruleField = z
  .strictObject({
    direction: z.enum(["in", "out"]),
    protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
    port: z
      .string()
      .regex(/^(any|\d{1,5}(-\d{1,5})?)$/)
      .nullish()
      .transform((port) => port ?? null),
    source_ips: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
    destination_ips: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
    description: z
      .string()
      .nullish()
      .transform((text) => text ?? null),
  })
  .refine((rule) => (rule.protocol === "tcp" || rule.protocol === "udp") === (rule.port !== null), {
    path: ["port"],
    message: "a port is required for tcp and udp, and not allowed otherwise",
  })
  .refine((rule) => (rule.direction === "in" ? rule.source_ips : rule.destination_ips).length > 0, {
    path: ["source_ips"],
    message: "an inbound rule needs source_ips, an outbound one destination_ips",
  });

const target = z.strictObject({ type: z.literal("server"), server: z.strictObject({ id: z.number().int() }) });
const createBody = z.strictObject({
  name: nameField,
  rules: z.array(ruleField).max(50).default([]),
  labels: labelsField.default({}),
  apply_to: z.array(target).default([]),
});
const updateBody = z.strictObject({ name: nameField.optional(), labels: labelsField.optional() });

/** `/firewalls`. Every change of what is let in is an action that ends when the driver has done it on each host. */
export function firewallRoutes(cloud: Cloud): Hono {
  const find = (id: string) => cloud.find("firewalls", Number(id));
  const users = (firewall: Firewall) =>
    cloud.state.servers.filter((server) => server.firewallIds.includes(firewall.id));
  const apply = (command: string, firewall: Firewall, server: Server): Action =>
    cloud.act(
      command,
      [
        { id: server.id, type: "server" },
        { id: firewall.id, type: "firewall" },
      ],
      () => cloud.whileOn(server.id, () => cloud.driver.setFirewall(server.id, cloud.openPorts(server))),
    );
  const targets = (list: z.output<typeof target>[]) => list.map((t) => cloud.find("servers", t.server.id));

  const addTo = (firewall: Firewall, servers: Server[]) =>
    servers.map((server) => {
      if (server.firewallIds.includes(firewall.id)) {
        throw new ApiError(
          422,
          "firewall_already_applied",
          `firewall ${firewall.id} is already applied to server ${server.id}`,
        );
      }
      server.firewallIds.push(firewall.id);
      return apply("apply_firewall", firewall, server);
    });

  return new Hono()
    .get("/", (c) =>
      listResponse(
        c,
        "firewalls",
        cloud.state.firewalls.map((f) => firewallView(f, cloud.state)),
      ),
    )
    .post("/", async (c) => {
      const { apply_to, ...body } = await readBody(c.req, createBody);
      if (cloud.state.firewalls.some((f) => f.name === body.name)) throw notUnique("name");
      const servers = targets(apply_to);
      const firewall = { id: cloud.nextId("firewall"), ...body, created: new Date().toISOString() };
      cloud.state.firewalls.push(firewall);
      const actions = addTo(firewall, servers);
      cloud.store.save();
      return c.json({ firewall: firewallView(firewall, cloud.state), actions: actions.map(actionView) }, 201);
    })
    .get("/:id{[0-9]+}", (c) => c.json({ firewall: firewallView(find(c.req.param("id")), cloud.state) }))
    .put("/:id{[0-9]+}", async (c) => {
      const firewall = find(c.req.param("id"));
      const body = await readBody(c.req, updateBody);
      if (cloud.state.firewalls.some((f) => f.name === body.name && f !== firewall)) throw notUnique("name");
      Object.assign(firewall, body);
      cloud.store.save();
      return c.json({ firewall: firewallView(firewall, cloud.state) });
    })
    .delete("/:id{[0-9]+}", (c) => {
      const firewall = find(c.req.param("id"));
      if (users(firewall).length > 0)
        throw new ApiError(409, "resource_in_use", `firewall with ID '${firewall.id}' is still in use`);
      cloud.state.firewalls = cloud.state.firewalls.filter((f) => f !== firewall);
      cloud.store.save();
      return c.body(null, 204);
    })
    .post("/:id{[0-9]+}/actions/set_rules", async (c) => {
      const firewall = find(c.req.param("id"));
      const { rules } = await readBody(c.req, z.strictObject({ rules: z.array(ruleField).max(50) }));
      firewall.rules = rules;
      const actions = [
        cloud.act("set_firewall_rules", [{ id: firewall.id, type: "firewall" }]),
        ...users(firewall).map((s) => apply("apply_firewall", firewall, s)),
      ];
      return c.json({ actions: actions.map(actionView) }, 201);
    })
    .post("/:id{[0-9]+}/actions/apply_to_resources", async (c) => {
      const firewall = find(c.req.param("id"));
      const body = await readBody(c.req, z.strictObject({ apply_to: z.array(target).min(1) }));
      return c.json({ actions: addTo(firewall, targets(body.apply_to)).map(actionView) }, 201);
    })
    .post("/:id{[0-9]+}/actions/remove_from_resources", async (c) => {
      const firewall = find(c.req.param("id"));
      const body = await readBody(c.req, z.strictObject({ remove_from: z.array(target).min(1) }));
      const servers = targets(body.remove_from);
      for (const server of servers) {
        if (!server.firewallIds.includes(firewall.id))
          throw invalidInput("remove_from", `firewall is not applied to server ${server.id}`);
      }
      const actions = servers.map((server) => {
        server.firewallIds = server.firewallIds.filter((id) => id !== firewall.id);
        return apply("remove_firewall", firewall, server);
      });
      return c.json({ actions: actions.map(actionView) }, 201);
    });
}
