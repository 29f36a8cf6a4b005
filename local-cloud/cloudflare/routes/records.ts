import { Hono } from "hono";
import type { DnsRecord } from "../entities";
import { ApiError, notImplemented, success } from "../errors";
import { pageOf } from "../page";
import { readRecord } from "../record-input";
import type { DnsStore } from "../store";

/** `/zones/:zone/dns_records`. */
export function recordRoutes(store: DnsStore): Hono {
  const at = (c: { req: { param(name: string): string | undefined } }) => {
    const zone = store.zone(c.req.param("zone")!);
    return { zone, record: () => store.record(zone, c.req.param("record")!) };
  };
  const json = async (c: { req: { json(): Promise<unknown> } }) => {
    try {
      return await c.req.json();
    } catch (error) {
      throw new ApiError(400, 9207, `Request body is invalid: ${(error as Error).message}`);
    }
  };

  return new Hono()
    .get("/zones/:zone/dns_records", (c) => {
      const { zone } = at(c);
      const query = c.req.query();
      const matches = recordFilter(query);
      const found = store.records.filter((record) => record.zone_id === zone.id && matches(record));
      return c.json(pageOf(sorted(found, query["order"], query["direction"]).map(view), query));
    })
    .post("/zones/:zone/dns_records", async (c) => {
      const { zone } = at(c);
      return c.json(success(view(store.create(zone, readRecord(await json(c), zone)))));
    })
    .get("/zones/:zone/dns_records/:record", (c) => c.json(success(view(at(c).record()))))
    .put("/zones/:zone/dns_records/:record", async (c) => {
      const { zone, record } = at(c);
      return c.json(success(view(store.update(zone, record(), readRecord(await json(c), zone)))));
    })
    .patch("/zones/:zone/dns_records/:record", async (c) => {
      const { zone, record } = at(c);
      const { name, type, content, ttl, proxied, comment, tags, settings } = record();
      const before = { name, type, content, ttl, proxied, comment, tags, settings };
      return c.json(
        success(view(store.update(zone, record(), readRecord({ ...before, ...((await json(c)) as object) }, zone)))),
      );
    })
    .delete("/zones/:zone/dns_records/:record", (c) => {
      const { zone, record } = at(c);
      const { id } = record();
      store.delete(zone, record());
      return c.json(success({ id }));
    });
}

const view = ({ zone_id: _, ...record }: DnsRecord) => record;

/** `name`, `content` and `comment` can be asked for in four ways. */
const operators: Record<string, (value: string, wanted: string) => boolean> = {
  exact: (value, wanted) => value === wanted,
  contains: (value, wanted) => value.includes(wanted),
  startswith: (value, wanted) => value.startsWith(wanted),
  endswith: (value, wanted) => value.endsWith(wanted),
};

/** Does a record fit the query? A parameter that the emulator does not know is 501: ignoring one would return too much. */
function recordFilter(query: Record<string, string>): (record: DnsRecord) => boolean {
  const tests = Object.entries(query).flatMap(([parameter, wanted]): ((record: DnsRecord) => boolean)[] => {
    const [field, operator = "exact"] = parameter.split(".");
    const holds = operators[operator];
    if ((field === "name" || field === "content" || field === "comment") && holds) {
      return [(record) => holds((record[field] ?? "").toLowerCase(), wanted.toLowerCase())];
    }
    if (parameter === "type") return [(record) => record.type === wanted];
    if (parameter === "proxied") return [(record) => String(record.proxied) === wanted];
    if (["page", "per_page", "order", "direction", "match"].includes(parameter)) return [];
    throw notImplemented(`dns_records query parameter ${parameter}`);
  });
  return query["match"] === "any" && tests.length > 0
    ? (record) => tests.some((test) => test(record))
    : (record) => tests.every((test) => test(record));
}

function sorted(records: readonly DnsRecord[], order = "name", direction = "asc"): DnsRecord[] {
  if (!["type", "name", "content", "ttl", "proxied"].includes(order))
    throw notImplemented(`dns_records order ${order}`);
  const key = (record: DnsRecord) => record[order as "type" | "name" | "content" | "ttl" | "proxied"];
  const sign = direction === "desc" ? -1 : 1;
  return [...records].sort((a, b) => (key(a) === key(b) ? 0 : key(a) < key(b) ? -sign : sign));
}
