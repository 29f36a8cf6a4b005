import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

/** Takes over the zone's A record in place when there is one, and makes a record of its own. */
export = async () => {
  const config = new pulumi.Config();
  const zoneId = config.require("zoneId");
  const name = "odoo.smarteros.test";
  const { results } = await cloudflare.getDnsRecords({ zoneId, name: { exact: name }, type: "A" });
  const existing = results[0];
  const record = new cloudflare.DnsRecord(
    "odoo",
    { zoneId, name, type: "A", content: config.require("address"), ttl: 60, proxied: false },
    { retainOnDelete: true, ...(existing ? { import: `${zoneId}/${existing.id}` } : {}) },
  );
  const own = new cloudflare.DnsRecord("own", {
    zoneId,
    name: "own.smarteros.test",
    type: "TXT",
    content: "made by the program",
    ttl: 300,
  });
  const zone = await cloudflare.getZone({ filter: { name: "smarteros.test" } });
  return { recordId: record.id, ownId: own.id, zone: zone.zoneId };
};
