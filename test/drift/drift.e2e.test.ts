/**
 * Drift of both stacks on the local cloud: nothing where nothing was touched, and each thing that is changed behind the program's back. It
 * uses the addresses and the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { Agent } from "node:https";
import { CreateAccessKeyCommand, IAMClient } from "@aws-sdk/client-iam";
import {
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectLockConfigurationCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkDrift } from "../../drift/check";
import type { DriftReport, DriftedResource } from "../../drift/model";
import { resourcesOf } from "../../drift/state";
import { sshTo, type Ground, type Primary } from "../../drill/ground";
import type { StackName } from "../../drill/pulumi";
import { drillSite } from "../../drill/settings";
import { addresses, credentials } from "../../local-cloud/addresses";
import { waitUntil } from "../../local-cloud/wait";
import { s3Client } from "../../stacks/backup-store";
import { jsonApi } from "../local-cloud/json-api";
import { hetzner, minutes, operatorStore, raiseStage, signal, strikeStage, type Stage } from "../local-stage";

const cloudflare = jsonApi(addresses.cloudflare.url, credentials.cloudflareToken);
const Bucket = drillSite.bucket;

let ground: Ground;
let primary: Primary;
let backedUp: Stage["backedUp"];
let onRecovered: (script: string) => Promise<string>;

const check = (stack: StackName, policies = false): Promise<DriftReport> => {
  const { pulumi, env } = ground.stacks.engine(stack);
  return checkDrift({ stack, policies, pulumi, env, configFile: ground.stacks.settingsFile(stack) });
};
const named = (report: DriftReport, name: string): DriftedResource | undefined =>
  report.resources.find(({ urn }) => urn.endsWith(`::${name}`));
const stateOf = async (stack: StackName) =>
  resourcesOf(await ground.stacks.pulumi(stack, ["stack", "export", "--stack", stack]));

beforeAll(async () => {
  ({ ground, primary, backedUp } = await raiseStage());
  await backedUp(120);
  await ground.stacks.up("recovery", { signal, onEvent: () => undefined });
  const [server] = (await hetzner("GET", "/servers")).json.servers;
  onRecovered = sshTo(
    server.public_net.ipv4.ip,
    ground.secrets.operator.privateKey,
    ground.secrets.recoveryHost.publicKey,
  );
}, minutes(15));

afterAll(async () => {
  await strikeStage(primary);
}, minutes(3));

describe("drift", { timeout: minutes(5) }, () => {
  it("is none in an untouched world, ten times out of ten, and the policies hold", async () => {
    const first = await check("recovery", true);
    expect(first).toMatchObject({ verdict: "clean", resources: [], unchecked: [] });
    expect(first.policies.filter(({ level }) => level === "mandatory")).toEqual([]);
    for (let i = 1; i < 10; i++)
      expect(await check("recovery")).toMatchObject({ verdict: "clean", resources: [], unchecked: [] });
  });

  it("of the primary is what its fence stopped and its DNS, which the recovery has taken over, and nothing else", async () => {
    const report = await check("primary");
    const types = [
      "cloudflare:index/dnsRecord:DnsRecord",
      "docker:index/container:Container",
      "aws:iam/accessKey:AccessKey",
    ];
    expect(new Set(report.resources.map(({ type }) => type))).toEqual(new Set(types));
    expect(named(report, "postgres")?.changes).toContainEqual({ path: "mustRun", expected: true, actual: false });
    expect(named(report, `dns-${drillSite.domain}`)?.changes).toContainEqual({
      path: "content",
      expected: addresses.hostinger,
      actual: "127.10.1.1",
    });
    expect(report.unchecked).toEqual([]);
  });

  it("is found on the recovered host, its firewall and in DNS", async () => {
    const [firewall] = (await hetzner("GET", "/firewalls")).json.firewalls;
    const open = { direction: "in", protocol: "tcp", port: "22", source_ips: ["0.0.0.0/0"] };
    await hetzner("POST", `/firewalls/${firewall.id}/actions/set_rules`, {
      rules: [...firewall.rules.map(withoutNulls), open],
    });
    const records = (await cloudflare("GET", `/zones/${drillSite.zoneId}/dns_records?name=bi.${drillSite.domain}`)).json
      .result;
    await cloudflare("PATCH", `/zones/${drillSite.zoneId}/dns_records/${records[0].id}`, { content: "127.66.6.6" });
    await onRecovered(
      "docker stop n8n && docker rm --force metabase && docker run --detach --name metabase --entrypoint sleep $(docker inspect --format '{{.Image}}' redis) 1000 && docker rm --force dokploy agent && docker volume rm smarteros-dokploy",
    );

    const report = await check("recovery");
    expect(report.verdict).toBe("drift");
    expect(named(report, "recovery-g2-firewall")?.changes.map(({ path }) => path)).toContainEqual(
      expect.stringMatching(/^rules/),
    );
    expect(named(report, `dns-bi.${drillSite.domain}`)?.changes).toContainEqual({
      path: "content",
      expected: "127.10.1.1",
      actual: "127.66.6.6",
    });
    expect(named(report, "n8n")?.changes).toContainEqual({ path: "mustRun", expected: true, actual: false });
    for (const name of ["metabase", "dokploy", "agent", "volume-dokploy"])
      expect(named(report, name)?.kind, name).toBe("deleted");
    expect(report.resources).toHaveLength(7);
    expect(JSON.stringify(report)).not.toContain(ground.secrets.site["smarteros:postgresCipher"]);
  });

  it("is found in buckets and identities, and a server that is gone leaves the rest checked", async () => {
    const s3 = s3Client(operatorStore, ground.cloud.pki.caPem);
    const iam = new IAMClient({
      region: "us-east-1",
      endpoint: addresses.iam.operatorUrl,
      credentials: { accessKeyId: operatorStore.accessKey, secretAccessKey: operatorStore.secretKey },
      requestHandler: { httpsAgent: new Agent({ ca: ground.cloud.pki.caPem }) },
    });
    await s3.send(
      new PutObjectLockConfigurationCommand({
        Bucket,
        ObjectLockConfiguration: {
          ObjectLockEnabled: "Enabled",
          Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 1 } },
        },
      }),
    );
    const everybody = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` };
    await s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement: [everybody] }) }),
    );
    const suspended = s3.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Suspended" } }),
    );
    await expect(suspended, "Object Lock forbids it").rejects.toThrow();
    const writer = (await stateOf("primary")).find(
      ({ type, id }) => type === "aws:iam/user:User" && id.includes("writer"),
    );
    await iam.send(new CreateAccessKeyCommand({ UserName: writer!.id }));
    await ground.cloud.destroyHostinger();

    const report = await check("primary");
    expect(report.verdict).toBe("drift");
    expect(named(report, "backups-lock")?.changes).toContainEqual(expect.objectContaining({ expected: 30, actual: 1 }));
    expect(named(report, "backups-policy")?.changes.map(({ path }) => path)).toContain("policy");
    expect(named(report, writer!.urn.split("::").at(-1)!)?.changes).toMatchObject([
      { path: "accessKeys", expected: [expect.any(String)] },
    ]);
    expect(report.resources.filter(({ type }) => /^(docker|command):/.test(type))).toEqual([]);
    const unchecked = report.unchecked.map(({ urn }) => urn);
    expect(unchecked).toContainEqual(expect.stringMatching(/docker:index\/container:Container::postgres$/));
    expect(unchecked.filter((urn) => /aws:|cloudflare:/.test(urn))).toEqual([]);
    s3.destroy();
    iam.destroy();
  });

  it("a server that was deleted at the provider is told as deleted", async () => {
    const [server] = (await hetzner("GET", "/servers")).json.servers;
    const unprotect = { delete: false, rebuild: false };
    expect(await hetzner("POST", `/servers/${server.id}/actions/change_protection`, unprotect)).toMatchObject({
      status: 201,
    });
    const deletion = await hetzner("DELETE", `/servers/${server.id}`);
    expect(deletion.status).toBe(200);
    const action = `/actions/${deletion.json.action.id}`;
    await waitUntil(async () => (await hetzner("GET", action)).json.action.status === "success", {
      what: "the server to be gone",
      seconds: 60,
    });
    expect(named(await check("recovery"), "recovery-g2-server")?.kind).toBe("deleted");
  });
});

/** The API answers null for what it does not take back. */
const withoutNulls = (rule: object) => Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== null));
