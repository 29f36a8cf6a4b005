import { isSecret } from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { plan } from "../../plan/plan";
import { escrow, mockedPrimary } from "./mocked-primary";
import { valueOf, type MockedStack } from "./mocked-stack";
import { filledSettings } from "./settings";

let stack: MockedStack;
beforeAll(async () => {
  stack = await mockedPrimary(filledSettings("primary"));
});

describe("the backup buckets", () => {
  const companions = [
    "Versioning",
    "ObjectLockConfiguration",
    "LifecycleConfiguration",
    "ServerSideEncryptionConfiguration",
    "PublicAccessBlock",
    "OwnershipControls",
    "Policy",
  ];
  const of = (kind: string) => stack.resources.filter((r) => r.type.startsWith(`aws:s3/bucket${kind}:`));

  it("are two, in two regions, locked from birth, and stay when the stack goes", () => {
    expect(
      of("").map(({ inputs, protect, retainOnDelete }) => [
        inputs["bucket"],
        inputs["region"],
        inputs["objectLockEnabled"],
        inputs["forceDestroy"],
        protect,
        retainOnDelete,
      ]),
    ).toEqual([
      ["smarterbot-cl-backups", "eu-central-1", true, false, true, true],
      ["smarterbot-cl-backups-replica", "us-east-1", true, false, true, true],
    ]);
  });
  it.each(companions)("have each a protected %s", (kind) => {
    expect(of(kind).map((r) => r.protect)).toEqual([true, true]);
  });
  it("lock each version for the plan's retention, for everybody", () => {
    for (const { inputs } of of("ObjectLockConfiguration"))
      expect(inputs).toMatchObject({ rule: { defaultRetention: { mode: "COMPLIANCE", days: 30 } } });
    expect(plan.retention).toBe("30 days");
  });
  it("are copied without delete markers", () => {
    expect(of("ReplicationConfig")[0]?.inputs).toMatchObject({
      rules: [{ status: "Enabled", deleteMarkerReplication: { status: "Disabled" } }],
    });
  });
  it("are there before the identity that writes to them", () =>
    expect(stack.waitsFor("backup-writer-g1", "backups")).toBe(true));
});

it("gives its writer, its reader and its guard keys only once their limits are in place", () => {
  const roles = ["backup-writer-g1", "backup-reader-g1", "backup-guard-g1"];
  expect(stack.all("aws:iam/user:User").map((r) => r.name)).toEqual(roles);
  for (const role of roles) expect([role, stack.waitsFor(`${role}-key`, `${role}-policy`)]).toEqual([role, true]);
});

it("gives an identity whose key was replaced a key of another name, and leaves the others' alone", async () => {
  const credentials = JSON.stringify({ "s3.writer": { madeAt: "2026-11-24T19:05:00.000Z", by: "ana@laptop" } });
  const rotated = await mockedPrimary({ ...filledSettings("primary"), "smarteros:credentials": credentials });
  expect(rotated.all("aws:iam/accessKey:AccessKey").map((r) => r.name)).toEqual([
    "backup-writer-g1-key-20261124t190500z",
    "backup-reader-g1-key",
    "backup-guard-g1-key",
  ]);
});

it("restores nothing and needs no gate: DNS follows the services", () => {
  expect(stack.resources.filter((r) => /restore|gate$/.test(r.name))).toEqual([]);
  for (const { name } of plan.services)
    expect([name, stack.waitsFor("dns-odoo.smarterbot.cl", name)]).toEqual([name, true]);
  expect(stack.outputs.gate).toBeUndefined();
});

it("keeps Vault's shares and token as a secret output, and gives the token to the gateway", async () => {
  expect(await isSecret(stack.outputs.vaultEscrow as never)).toBe(true);
  expect(await valueOf(stack.outputs.vaultEscrow!)).toEqual(escrow);
  const { uploads } = stack.one("docker:index/container:Container", "gateway").inputs as {
    uploads: { content: { secret: string } }[];
  };
  expect(uploads[0]?.content.secret).toContain(`VAULT_TOKEN='${escrow.token}'`);
});

it("says which objectives it cannot meet", () => expect(stack.outputs.unmet.map((u) => u.service)).toEqual(["vault"]));

it("takes over the records of another site, and not a second time those that it made itself", async () => {
  const settings = filledSettings("primary");
  const own = String(settings["smarteros:site"].host["address"]);
  const again = await mockedPrimary(settings, undefined, [
    { name: "smarterbot.cl", id: "of-another", content: "198.51.100.7" },
    { name: "odoo.smarterbot.cl", id: "of-its-own", content: own },
  ]);
  const importOf = (name: string) => again.one("cloudflare:index/dnsRecord:DnsRecord", `dns-${name}`).importId;
  expect(importOf("smarterbot.cl")).toMatch(/\/of-another$/);
  expect(importOf("odoo.smarterbot.cl")).toBe("");
});
