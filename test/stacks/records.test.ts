import { runtime } from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { readConfig, type SiteConfig } from "../../stacks/config";
import { existingRecords } from "../../stacks/records";
import { cloudflare } from "./cloud-answers";
import { filledSettings, setConfig } from "./settings";

let site: SiteConfig;
beforeAll(() => {
  setConfig(filledSettings("recovery"));
  site = readConfig("recovery").site;
});

async function found(...records: { name: string; id: string; content: string }[]) {
  await runtime.setMocks({
    newResource: ({ name }) => ({ id: name, state: {} }),
    call: ({ token }) => cloudflare(records)[token]!({}) as Record<string, unknown>,
  });
  return existingRecords(site);
}
const odoo = { name: "odoo.smarterbot.cl", id: "r1", content: "5.75.128.10" };

it("finds the records of the site's names, and leaves the zone's others alone", async () =>
  expect(await found(odoo, { name: "www.smarterbot.cl", id: "r2", content: "5.75.128.11" })).toEqual([odoo]));
it("refuses a name with two records: it cannot tell which is the truth", async () =>
  await expect(found(odoo, { ...odoo, id: "r3", content: "5.75.128.12" })).rejects.toThrow(
    "DNS: odoo.smarterbot.cl has 2 A records (5.75.128.10, 5.75.128.12); fix: leave one in the zone",
  ));
