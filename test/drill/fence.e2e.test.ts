/**
 * Two sites and one truth, on real parts: the primary is cut off from the network and lives on, two operators recover it at once, and then it
 * comes back. It uses the addresses and the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fenceResult, type FenceResult, type FenceSpec, type FenceWay } from "../../contracts/fence";
import { activation, generationLayout } from "../../contracts/generation";
import { drillFolder, sshTo, type Ground, type Primary } from "../../drill/ground";
import { comeBack } from "../../drill/partition";
import type { DrillStacks } from "../../drill/pulumi";
import { drillSite, twoFields } from "../../drill/settings";
import { UpFailed } from "../../engine/up";
import { fence } from "../../fence/fence";
import { addresses, credentials } from "../../local-cloud/addresses";
import { readText, s3Client } from "../../stacks/backup-store";
import { minutes, raiseStage, signal, strikeStage, type Stage } from "../local-stage";

const { bucket, domain } = drillSite;

let ground: Ground;
let primary: Primary;
let backedUp: Stage["backedUp"];
let s3: ReturnType<typeof s3Client>;
/** Of the recovery that won. */
let winner: { stacks: DrillStacks; operator: string };
let fenced: FenceResult;
let recovered: string;

beforeAll(async () => {
  ({ ground, primary, backedUp } = await raiseStage({ counts: { files: 20 } }));
  await backedUp(120);
  const { awsAccessKey: accessKey, awsSecretKey: secretKey } = credentials;
  const store = { region: drillSite.region, endpoint: addresses.s3.operatorUrl, accessKey, secretKey };
  s3 = s3Client(store, ground.cloud.pki.caPem);
}, minutes(10));

afterAll(async () => {
  s3?.destroy();
  await strikeStage(primary);
}, minutes(3));

/** `pulumi up` as another operator types it on a machine of theirs. */
async function upAs(operator: string, stacks: DrillStacks): Promise<{ code: number; said: string }> {
  const { program, args, cwd, env } = stacks.upCommand("recovery");
  const engine = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env, SMARTEROS_OPERATOR: operator },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], out, err] = await Promise.all([once(engine, "exit"), text(engine.stdout), text(engine.stderr)]);
  return { code: code as number, said: `${out}\n${err}` };
}

const primaryUp = () => ground.stacks.up("primary", { signal, onEvent: () => undefined });
describe("a primary that is cut off and lives on", { timeout: minutes(8) }, () => {
  it("is recovered by one of two operators who begin at once; the other is told who and since when", async () => {
    await ground.cloud.connectHostinger(false);
    const operators = [
      { operator: "ana@laptop", stacks: ground.stacks },
      { operator: "ben@tower", stacks: await ground.anotherRecovery({ generation: 2 }) },
    ];
    const runs = await Promise.all(
      operators.map(async (who) => ({ ...who, ...(await upAs(who.operator, who.stacks)) })),
    );
    const [won, lost] = [runs.filter(({ code }) => code === 0), runs.filter(({ code }) => code !== 0)];
    expect(
      won.map(({ operator }) => operator),
      runs.map(({ said }) => said.slice(-3_000)).join("\n"),
    ).toHaveLength(1);
    winner = won[0]!;
    expect(lost[0]!.said).toMatch(
      new RegExp(`generation 2 was claimed by ${winner.operator} at \\S+; fix: talk to them`),
    );
    const outputs = await winner.stacks.outputs("recovery");
    fenced = fenceResult.parse(outputs["fence"]);
    recovered = String(outputs["address"]);
    expect(await primary.site.resolve(domain)).toBe(recovered);
  });

  it("was fenced off within 20 s, by what could be reached", async () => {
    console.log(`fence: ${fenced.verdict} after ${fenced.seconds.toFixed(1)} s, ${JSON.stringify(fenced.attempts)}`);
    expect(fenced).toMatchObject({ verdict: "dead", answeredBefore: [], answeredAfter: [] });
    expect(fenced.seconds).toBeLessThan(20);
    expect(fenced.attempts.find(({ way }) => way === "writer-keys")).toMatchObject({
      outcome: "done",
      detail: expect.stringMatching(/^off: backup-writer-g1-\w+ \(\w+\)$/),
    });
    const active = activation.parse(JSON.parse((await readText(s3, bucket, generationLayout(2).active))!));
    expect(active.activatedBy).toBe(winner.operator);
  });

  it("comes back, goes down and stays down, writes nothing to the backups and takes no DNS", async () => {
    const { onVps, site } = primary;
    const { decidedAt } = fenced;
    const checks = await comeBack({ cloud: ground.cloud, onVps, site, s3, bucket, decidedAt, recovered });
    console.log(checks.map(({ name, evidence }) => `${name}: ${evidence}`).join("\n"));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });

  it("cannot be set up again, and its operator is told who is active since when; it may stand by", async () => {
    const error = await primaryUp().then(
      () => expect.fail("it succeeded"),
      (e: unknown) => e as UpFailed,
    );
    expect(error).toBeInstanceOf(UpFailed);
    expect(error.touchedAnything).toBe(false);
    expect(error.reasons).toMatch(
      new RegExp(`received 1, but generation 2 is active since ${fenced.decidedAt}, activated by ${winner.operator}`),
    );
    await ground.stacks.pulumi("primary", [
      ...["config", "set", "smarteros:asStandby", "true", "--stack", "primary"],
      ...["--config-file", ground.stacks.settingsFile("primary")],
    ]);
    await primaryUp();
    expect((await primary.onVps("docker ps --all --quiet")).trim()).toBe("");
    expect(await primary.onVps("test -s /srv/smarteros/postgres/pgdata/PG_VERSION && echo kept")).toBe("kept\n");
    expect(await primary.site.resolve(domain)).toBe(recovered);
  });
});

describe("a site that lives", { timeout: minutes(3) }, () => {
  const { awsAccessKey: accessKey, awsSecretKey: secretKey } = credentials;
  const spec = (change: Partial<FenceSpec>): FenceSpec => ({
    domain,
    generation: 3,
    operator: "ana@laptop",
    addresses: [recovered],
    bucket,
    aws: {
      region: drillSite.region,
      s3Endpoint: addresses.s3.operatorUrl,
      iamEndpoint: addresses.iam.operatorUrl,
      accessKey,
      secretKey,
    },
    ...change,
  });
  const attempt = ({ attempts }: FenceResult, of: FenceWay) => attempts.find(({ way }) => way === of);

  it("is refused as long as nothing can stop it, and its backups go on", async () => {
    const error: unknown = await fence(spec({}), ground.cloud.pki.caPem).catch((e: unknown) => e);
    expect(String(error)).toMatch(
      /it still serves at \S+ \(http\), \S+ \(https\); [^]*taken back: on again: backup-writer-g2-/,
    );
    expect(await readText(s3, bucket, generationLayout(3).active)).toBeUndefined();
  });
  it("is stopped by SSH, and starts no more by itself", async () => {
    const hostKey = twoFields(ground.secrets.recoveryHost.publicKey);
    const privateKeyFile = join(drillFolder(), "operator");
    const result = await fence(spec({ ssh: { user: "root", privateKeyFile, hostKey } }), ground.cloud.pki.caPem);
    console.log(`by SSH: ${result.verdict} after ${result.seconds.toFixed(1)} s, ${attempt(result, "ssh")?.detail}`);
    expect(result).toMatchObject({ verdict: "fenced", answeredAfter: [{ address: recovered, port: "ssh" }] });
    expect(result.answeredBefore.map(({ port }) => port)).toContain("https");
    expect(result.seconds).toBeLessThan(20);
    const onIt = sshTo(recovered, ground.secrets.operator.privateKey, ground.secrets.recoveryHost.publicKey);
    const containers = await onIt(
      "docker inspect --format '{{.State.Running}} {{.HostConfig.RestartPolicy.Name}}' $(docker ps --all --quiet) | sort -u",
    );
    expect(containers).toBe("false no\n");
  });
  it("is switched off by its provider, found by its labels", async () => {
    const hetzner = { endpoint: addresses.hetzner.url, token: credentials.hetznerToken };
    const result = await fence(spec({ generation: 4, hetzner }), ground.cloud.pki.caPem);
    console.log(`by Hetzner: ${result.verdict} after ${result.seconds.toFixed(1)} s`);
    expect(attempt(result, "hetzner")).toMatchObject({ outcome: "done", detail: "off: recovery-g2-server" });
    expect(result).toMatchObject({ verdict: "fenced", answeredAfter: [] });
  });
});
