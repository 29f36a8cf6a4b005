import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startLoad, type Load } from "../../drill/load";
import { measure } from "../../drill/measure";
import { askLastWrites } from "../../drill/last-writes";
import { probeUntilAll } from "../../outside/probe";
import { seedSite } from "../../drill/seed";
import { waitUntil } from "../../local-cloud/wait";
import { serviceNames } from "../../plan/model";
import { startLiveSite, type LiveSite } from "./live-site";

const tenants = [
  { rut: "76.123.456-0", name: "Panadería Aurora" },
  { rut: "77.654.321-K", name: "O'Higgins Ltda." },
];
/** Port 443 is taken on them: two addresses of this process alone, so that two runs of the tests do not meet. */
const block = `127.${128 + ((process.pid >> 8) % 64)}.${process.pid % 256}`;
const [primary, recovery] = [`${block}.1`, `${block}.2`];
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let live: LiveSite;
let load: Load;
let destroyedAt: number;

beforeAll(async () => {
  live = await startLiveSite();
  await live.serveAt(primary);
  live.pointDns(primary);
});

afterAll(() => live?.stop());

/** Turn by turn, against real applications, PostgreSQL and Redis: what a drill does, without the recovery in the middle. */
describe("a drill's rounds", () => {
  it("seed every service, and the database to its size", async () => {
    const sizes: number[] = [];
    const counts = { products: 5, conversations: 3, workflows: 2, files: 3, fileBytes: 100 };
    const sizeBytes = 40_000_000;
    const seeded = await seedSite({ ...live, tenants, sizeBytes, counts, onProgress: (bytes) => sizes.push(bytes) });
    expect(seeded.services).toMatchObject({
      gateway: { tenants: 2, secrets: 2 },
      odoo: { product_template: 10, ir_attachment: 6 },
      chatwoot: { accounts: 2, conversations: 6, messages: 18, active_storage_blobs: 6 },
      botpress: { srv_bots: 4, bot_media: 6 },
      n8n: { workflow_entity: 4, credentials_entity: 2, execution_data: 6 },
      metabase: { metabase_database: 2, report_card: 10 },
      dokploy: { application: 4, application_file: 6 },
    });
    expect(sizes.at(-1)).toBeGreaterThanOrEqual(sizeBytes);
    expect(sizes.at(-1)).toBeLessThan(sizeBytes * 1.1);
    expect(seeded.databaseBytes).toBeGreaterThan(sizes.at(-1)!);
  });

  it("write through every service, without a gap", async () => {
    const heard = new Set<string>();
    load = await startLoad({ ...live, intervalMs: 50, onAck: (module) => heard.add(module) });
    expect(heard.size).toBe(8);
    const enough = () => [...load.acks.values()].every((acks) => acks.length >= 10);
    await waitUntil(enough, { what: "ten acknowledged writes of each", seconds: 30 });
    for (const acks of load.acks.values()) expect(acks.map(({ n }) => n)).toEqual(acks.map((_, i) => i + 1));
  });

  it("go on writing into the void when the site is lost", async () => {
    destroyedAt = Date.now();
    await live.serveAt(undefined);
    await waitUntil(() => load.failures.size === 8, { what: "every writer to fail", seconds: 20 });
    await load.stop();
    expect([...load.failures.values()].join()).toContain("ECONNREFUSED");
  });

  it("see each module come back at another address, and count what is missing", async () => {
    // The newest three rows of n8n do not come back.
    const lastOf = async (database: string) => Number(await live.runSql(database, "SELECT max(n) FROM drill_writes"));
    const n8nHad = await lastOf("n8n");
    await live.runSql("n8n", `DELETE FROM drill_writes WHERE n > ${n8nHad - 3}`);

    const probing = probeUntilAll({ ...live, deadlineSeconds: 30 });
    await live.serveAt(recovery);
    live.pointDns(recovery);
    const seen = await probing;
    expect([...seen.keys()].sort()).toEqual([...serviceNames].sort());
    for (const { address } of seen.values()) expect(address).toBe(recovery);
    expect(seen.get("redis")!.evidence).toMatch(/answers \(\d/);
    expect(seen.get("caddy")!.evidence).toContain("subject=smarteros-drill.test");

    const figures = new Map(
      measure({ destroyedAt, acks: load.acks, seen, last: await askLastWrites(live.site) }).map((m) => [m.name, m]),
    );
    for (const module of figures.values()) {
      expect(module).toMatchObject({ restored: true });
      expect(module.rtoSeconds).toBeGreaterThan(0);
    }
    expect(figures.get("odoo")).toMatchObject({ rpoSeconds: 0, evidence: expect.stringContaining("nothing lost") });
    const acked = load.acks.get("n8n")!;
    const lost = acked.filter(({ n }) => n > n8nHad - 3);
    const newestBack = acked.find(({ n }) => n === n8nHad - 3)!;
    expect(figures.get("n8n")).toMatchObject({
      rpoSeconds: Math.max(0, destroyedAt - newestBack.at) / 1000,
      evidence: expect.stringContaining(`: ${lost.length} lost`),
    });
    expect(figures.get("postgres")).toMatchObject({ rpoSeconds: figures.get("n8n")!.rpoSeconds });
  });

  it("say what never answered, at the deadline", async () => {
    await live.serveAt(undefined);
    const seen = await probeUntilAll({ ...live, deadlineSeconds: 1, modules: ["odoo"] });
    expect([...seen]).toEqual([
      [
        "odoo",
        {
          at: null,
          address: null,
          evidence: expect.stringMatching(/odoo\.smarteros-drill\.test.*ECONNREFUSED/),
        },
      ],
    ]);
  });

  it("name the services that do not acknowledge a first write", async () => {
    await live.serveAt(recovery);
    const stranger = { ...live.site, token: "of another drill" };
    await expect(startLoad({ site: stranger, intervalMs: 50, firstAckDeadlineSeconds: 1 })).rejects.toThrow(
      /no acknowledged write in 1 s from gateway \(.*HTTP 401.*vault \(/,
    );
  });
});
