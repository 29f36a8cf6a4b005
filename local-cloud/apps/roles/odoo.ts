import { createHash } from "node:crypto";
import { join } from "node:path";
import { Hono } from "hono";
import { z } from "zod";
import { countRows, insertRows, openDatabase, type Database } from "../database";
import { drillSchema, numberedContent, numberedWrites, ruts, seedFiles } from "../drill";
import { port, readEnvironment, text } from "../environment";
import { openFileSet, type FileSet } from "../files";
import type { Role, SeedRequest } from "../role";

const environment = z.object({ HOST: text, PORT: port.default(5432), USER: text, PASSWORD: text });

const schema = `
  CREATE TABLE IF NOT EXISTS product_template (
    id bigserial PRIMARY KEY, rut text NOT NULL, default_code text NOT NULL, name text NOT NULL, list_price numeric NOT NULL,
    UNIQUE (rut, default_code));
  CREATE TABLE IF NOT EXISTS ir_attachment (
    id bigserial PRIMARY KEY, name text NOT NULL, store_fname text, file_size int, checksum text, rut text NOT NULL,
    UNIQUE (rut, name));
  CREATE TABLE IF NOT EXISTS sale_order (
    id bigserial PRIMARY KEY, client_order_ref text NOT NULL UNIQUE, rut text, amount_total numeric, source text NOT NULL,
    create_date timestamptz NOT NULL DEFAULT now());
  ${drillSchema}`;

const order = z.object({
  /** The shop's number of the order: the same again is the same order. */
  id: z.union([z.string().min(1), z.number()]).transform(String),
  rut: z.string().nullish(),
  amount: z.coerce.number().nullish(),
  source: z.string().default("shopify"),
});

/** Odoo: catalogue, orders and attachments in its database; the attachments' bytes in the filestore, named by their SHA-1. */
export const odoo: Role = {
  port: 8069,
  healthPaths: ["/web/health"],
  healthyBody: () => ({ status: "pass" }),
  async start(env, root) {
    const { HOST, PORT, USER, PASSWORD } = readEnvironment("odoo", environment, env);
    const database = await openDatabase(
      { host: HOST, port: PORT, user: USER, password: PASSWORD, database: "odoo" },
      schema,
    );
    const filestore = await openFileSet(
      join(root, "/var/lib/odoo/filestore/odoo"),
      database.pool,
      "SELECT id, store_fname AS path, file_size AS bytes FROM ir_attachment WHERE store_fname IS NOT NULL",
    );
    const numbered = (n: number) => attachment("drill", `write-${n}.txt`, numberedContent(n));
    const writes = numberedWrites(database, {
      insert: (client, n) => insertRows(client, "ir_attachment", [numbered(n)]),
      files: { set: filestore, pathOf: (n) => numbered(n).store_fname },
    });
    return {
      routes: routes(database),
      checks: () => Promise.all([database.check(), filestore.check()]),
      drill: {
        seed: (request) => seed(database, filestore, request),
        write: ({ n }) => writes.write(n),
        last: writes.last,
      },
      close: database.close,
    };
  },
};

function routes(database: Database): Hono {
  const app = new Hono();
  app.post("/api/orders", async (c) => {
    const { id, rut, amount, source } = order.parse(await c.req.json());
    await database.pool.query(
      "INSERT INTO sale_order (client_order_ref, rut, amount_total, source) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
      [id, rut, amount, source],
    );
    return c.json({ id }, 201);
  });
  app.get("/api/orders/:id", async (c) => {
    const { rows } = await database.pool.query(
      "SELECT client_order_ref AS id, rut, amount_total::float AS amount, source, create_date FROM sale_order WHERE client_order_ref = $1",
      [c.req.param("id")],
    );
    return rows[0] ? c.json(rows[0]) : c.json({ error: `no order ${c.req.param("id")}` }, 404);
  });
  return app;
}

/** Odoo's naming: the SHA-1 of the content, in a folder of its first two digits. */
function attachment(rut: string, name: string, content: Buffer | string) {
  const checksum = createHash("sha1").update(content).digest("hex");
  return { rut, name, checksum, store_fname: `${checksum.slice(0, 2)}/${checksum}`, file_size: content.length };
}

async function seed(database: Database, filestore: FileSet, request: SeedRequest): Promise<Record<string, number>> {
  await database.pool.query(
    `INSERT INTO product_template (rut, default_code, name, list_price)
     SELECT rut, 'SKU-' || i, 'Producto ' || i, 990 + (i * 7919) % 90000
     FROM unnest($1::text[]) AS rut, generate_series(1, $2::int) AS i ON CONFLICT DO NOTHING`,
    [ruts(request), request.products],
  );
  await seedFiles(database, filestore, "ir_attachment", request, (rut, i, content) => {
    const row = attachment(rut, `factura-${i}.pdf`, content);
    return { path: row.store_fname, row };
  });
  return countRows(database.pool, ["product_template", "ir_attachment"]);
}
