import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { credentials } from "../../../../local-cloud/addresses";
import { start, type CloudflareEmulator } from "../../../../local-cloud/cloudflare";
import { jsonApi } from "../../json-api";
import { createProject } from "../project";

const zoneId = "0123456789abcdef0123456789abcdef";
const records = `/zones/${zoneId}/dns_records`;

let dir: string;
let project: Awaited<ReturnType<typeof createProject>>;
let emulator: CloudflareEmulator;
let api: ReturnType<typeof jsonApi>;

const up = () => project.pulumi(["up", "--yes", "--skip-preview"]);
const drift = () => project.pulumi(["preview", "--refresh", "--expect-no-changes"]);
const named = async (name: string) => (await api("GET", `${records}?name.exact=${name}`)).json.result;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "cloudflare-"));
  emulator = await start({
    port: 0,
    hostname: "127.0.0.1",
    stateFile: join(dir, "cloudflare.json"),
    zones: [
      { id: zoneId, name: "smarteros.test", records: [{ name: "odoo", type: "A", content: "192.0.2.1", ttl: 60 }] },
    ],
  });
  api = jsonApi(emulator.url, credentials.cloudflareToken);
  project = await createProject({
    program: join(__dirname, "program.ts"),
    standIns: ["cloudflare"],
    config: {
      "cloudflare:apiToken": credentials.cloudflareToken,
      "cloudflare:baseUrl": emulator.url,
      zoneId,
      address: "192.0.2.2",
    },
  });
}, 600_000);

afterAll(async () => {
  await emulator?.close();
  await project?.remove();
  await rm(dir, { recursive: true, force: true });
});

it("takes an existing record over in place, in one up", { timeout: 120_000 }, async () => {
  const [before] = await named("odoo.smarteros.test");
  const { exitCode, output } = await up();
  expect([exitCode, output]).toEqual([0, expect.any(String)]);
  expect(await named("odoo.smarteros.test")).toMatchObject([{ id: before.id, content: "192.0.2.2" }]);
});

it("changes nothing the second time", { timeout: 120_000 }, async () => {
  const { exitCode, output } = await up();
  expect([exitCode, output]).toEqual([0, expect.stringContaining("3 unchanged")]);
});

it("sees no drift, and sees it when there is some", { timeout: 120_000 }, async () => {
  const clean = await drift();
  expect([clean.exitCode, clean.output]).toEqual([0, expect.any(String)]);
  const [{ id }] = await named("odoo.smarteros.test");
  await api("PATCH", `${records}/${id}`, { content: "192.0.2.66" });
  expect((await drift()).exitCode).toBe(7);
  await api("PATCH", `${records}/${id}`, { content: "192.0.2.2", proxied: true });
  expect((await drift()).exitCode).toBe(7);
  await api("PATCH", `${records}/${id}`, { proxied: false, ttl: 60 });
});

it("moves the record by an update of the same record", { timeout: 120_000 }, async () => {
  const [{ id }] = await named("odoo.smarteros.test");
  await project.pulumi(["config", "set", "address", "192.0.2.3"]);
  expect((await up()).exitCode).toBe(0);
  expect(await named("odoo.smarteros.test")).toMatchObject([{ id, content: "192.0.2.3" }]);
});

it("makes a record again that was deleted behind its back", { timeout: 120_000 }, async () => {
  const [{ id }] = await named("own.smarteros.test");
  await api("DELETE", `${records}/${id}`);
  expect((await project.pulumi(["up", "--yes", "--skip-preview", "--refresh"])).exitCode).toBe(0);
  expect(await named("own.smarteros.test")).toHaveLength(1);
});

it("leaves the taken-over record when it is destroyed", { timeout: 120_000 }, async () => {
  expect((await project.pulumi(["destroy", "--yes", "--skip-preview"])).exitCode).toBe(0);
  expect(await named("odoo.smarteros.test")).toMatchObject([{ content: "192.0.2.3" }]);
  expect(await named("own.smarteros.test")).toEqual([]);
});

it("says the API's code when the token may not write", { timeout: 120_000 }, async () => {
  await fetch(new URL("/_emulator/faults", emulator.url), {
    method: "POST",
    body: JSON.stringify({ scenario: "read-only-token" }),
  });
  const { exitCode, output } = await up();
  expect([exitCode, output]).toEqual([1, expect.stringContaining("Authentication error (10000")]);
});
