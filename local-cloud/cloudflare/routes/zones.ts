import { Hono } from "hono";
import type { Zone } from "../entities";
import { notImplemented, success } from "../errors";
import { pageOf } from "../page";
import type { DnsStore } from "../store";

/** `/zones`: only to be read; zones come from the seed. */
export function zoneRoutes(store: DnsStore, nameServers: readonly string[]): Hono {
  return new Hono()
    .get("/zones", (c) => {
      const query = c.req.query();
      for (const parameter of Object.keys(query)) {
        if (!["name", "status", "page", "per_page", "match", "order", "direction"].includes(parameter))
          throw notImplemented(`zones query parameter ${parameter}`);
      }
      const found = store.zones.filter((zone) => query["name"] === undefined || zone.name === query["name"]);
      const active = query["status"] === undefined || query["status"] === "active" ? found : [];
      return c.json(
        pageOf(
          active.map((zone) => view(zone, nameServers)),
          query,
        ),
      );
    })
    .get("/zones/:zone", (c) => c.json(success(view(store.zone(c.req.param("zone")), nameServers))));
}

const view = (zone: Zone, nameServers: readonly string[]) => ({
  id: zone.id,
  name: zone.name,
  status: "active",
  paused: false,
  type: "full",
  development_mode: 0,
  name_servers: nameServers,
  original_name_servers: null,
  original_registrar: null,
  original_dnshost: null,
  created_on: zone.created_on,
  modified_on: zone.created_on,
  activated_on: zone.created_on,
  meta: { step: 4, custom_certificate_quota: 0, page_rule_quota: 3, phishing_detected: false },
  owner: { id: null, type: "user", email: null },
  account: { id: "10ca1c10dd".padEnd(32, "0"), name: "Local cloud" },
  tenant: { id: null, name: null },
  tenant_unit: { id: null },
  permissions: ["#dns_records:edit", "#dns_records:read", "#zone:read"],
  plan: {
    id: "free",
    name: "Free Website",
    price: 0,
    currency: "USD",
    frequency: "",
    is_subscribed: false,
    can_subscribe: false,
  },
});
