import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { credentials } from "../../../local-cloud/addresses";
import { start, type CloudflareEmulator } from "../../../local-cloud/cloudflare";
import { jsonApi } from "../json-api";

const zoneId = "0123456789abcdef0123456789abcdef";
const records = `/zones/${zoneId}/dns_records`;

let dir: string;
let emulator: CloudflareEmulator;
let api: ReturnType<typeof jsonApi>;

const boot = async () => {
  emulator = await start({
    port: 0,
    hostname: "127.0.0.1",
    stateFile: join(dir, "state.json"),
    zones: [{ id: zoneId, name: "smarteros.test", records: [{ name: "@", type: "A", content: "192.0.2.1", ttl: 60 }] }],
  });
  api = jsonApi(emulator.url, credentials.cloudflareToken);
};
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "cloudflare-"));
  await boot();
});
afterEach(async () => {
  await emulator.close();
  await rm(dir, { recursive: true });
});

const web = { name: "odoo.smarteros.test", type: "A", content: "192.0.2.7", ttl: 60, proxied: false };
const errorOf = ({ status, json }: { status: number; json: { errors: { code: number }[] } }) => [
  status,
  json.errors[0]?.code,
];

describe("every request", () => {
  it("needs the token", async () => {
    expect(errorOf(await jsonApi(emulator.url, "wrong")("GET", "/zones"))).toEqual([403, 9109]);
    expect(errorOf(await jsonApi(emulator.url, "wrong")("GET", "/user/tokens/verify"))).toEqual([401, 1000]);
    expect((await api("GET", "/user/tokens/verify")).json.result.status).toBe("active");
  });

  it("answers 501 for what is not emulated", async () => {
    const { status, json } = await api("GET", `/zones/${zoneId}/firewall/rules`);
    expect([status, json.success]).toEqual([501, false]);
    expect((await api("GET", `${records}?tag.present=x`)).status).toBe(501);
    expect((await api("POST", records, { ...web, type: "MX" })).status).toBe(501);
  });
});

describe("zones", () => {
  it("are found by name", async () => {
    expect((await api("GET", "/zones?name=smarteros.test")).json.result).toMatchObject([
      { id: zoneId, status: "active" },
    ]);
    expect((await api("GET", "/zones?name=other.test")).json.result).toEqual([]);
    expect(errorOf(await api("GET", "/zones/ffffffffffffffffffffffffffffffff"))).toEqual([404, 7003]);
  });
});

describe("records", () => {
  it("are created, found, replaced and deleted", async () => {
    const { json } = await api("POST", records, web);
    expect(json.result).toMatchObject({ ...web, proxiable: true, tags: [], settings: {} });
    expect(json.result.id).toMatch(/^[0-9a-f]{32}$/);
    const one = `${records}/${json.result.id}`;
    const query = `${records}?name.exact=odoo.smarteros.test&type=A`;
    expect((await api("GET", query)).json.result).toHaveLength(1);
    expect((await api("GET", `${query}&page=2`)).json.result).toEqual([]);
    expect((await api("PUT", one, { ...web, content: "192.0.2.8" })).json.result.content).toBe("192.0.2.8");
    expect((await api("PATCH", one, { ttl: 120 })).json.result).toMatchObject({ ttl: 120, content: "192.0.2.8" });
    expect((await api("DELETE", one)).json.result).toEqual({ id: json.result.id });
    expect(errorOf(await api("GET", one))).toEqual([404, 81044]);
  });

  it("may share a name with other content, but are never identical", async () => {
    await api("POST", records, web);
    expect(errorOf(await api("POST", records, web))).toEqual([400, 81058]);
    expect((await api("POST", records, { ...web, content: "192.0.2.8" })).status).toBe(200);
    expect(errorOf(await api("POST", records, { ...web, type: "CNAME", content: "smarteros.test" }))).toEqual([
      400, 81053,
    ]);
  });

  it("get ttl 1 when they are proxied", async () => {
    expect((await api("POST", records, { ...web, proxied: true })).json.result.ttl).toBe(1);
  });

  it.each([
    [{ ttl: 59 }, 9021],
    [{ ttl: 86401 }, 9021],
    [{ content: "not-an-address" }, 9005],
    [{ type: "AAAA" }, 9006],
  ])("are refused with %j", async (more, code) => {
    expect(errorOf(await api("POST", records, { ...web, ...more }))).toEqual([400, code]);
  });

  it("survive a restart; a reset brings the seed back", async () => {
    await api("POST", records, web);
    await emulator.close();
    await boot();
    expect((await api("GET", records)).json.result).toHaveLength(2);
    await emulator.reset();
    expect((await api("GET", records)).json.result).toMatchObject([{ name: "smarteros.test", content: "192.0.2.1" }]);
  });

  it("can be made unwritable", async () => {
    await fetch(new URL("/_emulator/faults", emulator.url), {
      method: "POST",
      body: JSON.stringify({ scenario: "read-only-token" }),
    });
    expect(errorOf(await api("POST", records, web))).toEqual([403, 10000]);
    expect((await api("GET", records)).status).toBe(200);
  });
});
