/**
 * Recoveries that go wrong, and one that does not, on real parts: one primary is lost, and then recovered again and again. It uses the
 * addresses and the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { psql, sshTo, type Ground, type Primary } from "../../drill/ground";
import { askLastWrites } from "../../drill/last-writes";
import type { DrillStacks, StackName } from "../../drill/pulumi";
import { drillSite } from "../../drill/settings";
import { EngineSteps, followEngineEvents, type EngineStep } from "../../engine/events";
import { gateResultIn } from "../../contracts/gate";
import { UpFailed } from "../../engine/up";
import { addresses } from "../../local-cloud/addresses";
import { askOk, askSite } from "../../outside/https";
import { probeUntilAll } from "../../outside/probe";
import { waves } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { hetzner, minutes, raiseStage, signal, strikeStage, type Stage } from "../local-stage";

const tenant = drillSite.tenants[0].rut;

let ground: Ground;
let primary: Primary;
let backedUp: Stage["backedUp"];
/** What the lost file is called, below Odoo's filestore. */
let lostFile: string;
/** A moment at which the file was still there. */
let beforeTheLoss: string;
/** What a second `pulumi up` of the living primary did. */
let again: EngineStep[];

const filestore = "/srv/smarteros/odoo/filestore/odoo";
const onRecovered = (address: string) =>
  sshTo(address, ground.secrets.operator.privateKey, ground.secrets.recoveryHost.publicKey);
const write = (n: number) =>
  askOk(askSite(primary.site), {
    host: `odoo.${drillSite.domain}`,
    path: "/_drill/write",
    body: { n, target: "database" },
  });
const cycle = () => backedUp(120);
const servers = async (generation: number) =>
  (await hetzner("GET", `/servers?label_selector=smarteros.generation=${generation}`)).json.servers as {
    id: number;
    public_net: { ipv4: { ip: string } };
  }[];

/** What the engine did, by operation; what stayed the same is left out. */
async function up(stacks: DrillStacks, stack: StackName = "recovery"): Promise<EngineStep[]> {
  const steps = new EngineSteps();
  const done: EngineStep[] = [];
  await stacks.up(stack, { signal, onEvent: (event) => void done.push(...[steps.accept(event) ?? []].flat()) });
  return done.filter(({ state, type }) => state === "finished" && !type.startsWith("pulumi:"));
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.fail("it succeeded"),
    (error: unknown) => error as UpFailed,
  );

beforeAll(async () => {
  // More files than the service looks at in its own health check: only the gate looks at each.
  ({ ground, primary, backedUp } = await raiseStage({ counts: { files: 400 } }));
  await write(1);
  await cycle();

  beforeTheLoss = new Date().toISOString();
  lostFile = (
    await primary.onVps(
      psql("odoo", `SELECT store_fname FROM ir_attachment WHERE rut = '${tenant}' ORDER BY id LIMIT 1`),
    )
  ).trim();
  await primary.onVps(`rm ${filestore}/${lostFile}`);
  await write(2);
  await cycle();
  again = await up(ground.stacks, "primary");
  await ground.cloud.destroyHostinger();
}, minutes(15));

afterAll(async () => {
  await strikeStage(primary);
}, minutes(3));

it("is of a primary that a second pulumi up changes nothing of", () => expect(again).toEqual([]));

describe("a recovery", { timeout: minutes(10) }, () => {
  it("is refused before anything is provisioned when a cipher password is wrong", async () => {
    const right = ground.secrets.site["smarteros:postgresCipher"]!;
    await ground.stacks.setSecrets("recovery", { "smarteros:postgresCipher": "another password, long enough" });
    const error = await failure(up(ground.stacks));
    await ground.stacks.setSecrets("recovery", { "smarteros:postgresCipher": right });

    expect(error).toBeInstanceOf(UpFailed);
    expect(error.reasons).toContain(
      "smarteros:postgresCipher: not the password that the backups of generation 1 were made with",
    );
    expect(error.reasons).toContain("fix: take it from the escrow");
    expect(error.touchedAnything).toBe(false);
    expect(await servers(2)).toEqual([]);
  });

  it("leaves DNS where it was when a tenant's file is not in the backup", async () => {
    const error = await failure(up(ground.stacks));
    expect(error.reasons).toContain(`tenant ${tenant}: 1 of 400 attachments are not as Odoo's rows say`);
    expect(gateResultIn(error.reasons)?.checks.filter(({ ok }) => !ok)).toMatchObject([
      { evidence: expect.stringContaining(lostFile) },
    ]);
    expect(await primary.site.resolve(drillSite.domain)).toBe(addresses.hostinger);
  });

  it("goes on where it stopped once the file is back, and restores nothing twice", async () => {
    const [server] = await servers(2);
    const address = server!.public_net.ipv4.ip;
    await onRecovered(address)(
      `echo found elsewhere > ${filestore}/${lostFile} && truncate -s 4096 ${filestore}/${lostFile}`,
    );
    const steps = await up(ground.stacks);
    expect(steps.map(({ name }) => name)).not.toContainEqual(expect.stringMatching(/^restore-wave/));
    expect(await primary.site.resolve(drillSite.domain)).toBe(address);
    expect((await askLastWrites(primary.site)).get("odoo")).toMatchObject({ rows: 2 });
  });

  it("changes nothing when it is run again", async () => {
    expect(await up(ground.stacks)).toEqual([]);
  });

  it("that is killed at four moments recovers an earlier time onto one server", async () => {
    const stacks = await ground.anotherRecovery({ generation: 3, targetTime: beforeTheLoss });
    for (const moment of ["recovery-g3-server", `restore-wave-${waves(plan).length}`, "vault-restore", "odoo"]) {
      await upAndKillAt(stacks, moment);
      await stacks.pulumi("recovery", ["cancel", "recovery", "--yes"]);
    }
    await up(stacks);

    const all = await servers(3);
    expect(all).toHaveLength(1);
    expect(await primary.site.resolve(drillSite.domain)).toBe(all[0]!.public_net.ipv4.ip);
    const seen = await probeUntilAll({ site: primary.site, deadlineSeconds: 30 });
    expect([...seen.values()].filter(({ at }) => at === null)).toEqual([]);
    expect((await askLastWrites(primary.site)).get("odoo")).toMatchObject({ rows: 1 });
    expect(await onRecovered(all[0]!.public_net.ipv4.ip)(`test -s ${filestore}/${lostFile} && echo there`)).toBe(
      "there\n",
    );
    expect(await up(stacks)).toEqual([]);
  });
});

/** Runs `pulumi up` and kills the engine as soon as it begins to work on the named resource. */
async function upAndKillAt(stacks: DrillStacks, resource: string): Promise<void> {
  const { program, args, cwd, env, eventLog } = stacks.upCommand("recovery");
  const steps = new EngineSteps();
  let struck = false;
  const strike = () => {
    struck = true;
    engine.kill("SIGKILL");
  };
  const follower = await followEngineEvents(eventLog, (event) => {
    const step = steps.accept(event);
    if (step?.state === "started" && step.name === resource && !step.type.startsWith("smarteros:")) strike();
  });
  const engine = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const [said] = await Promise.all([text(engine.stdout), once(engine, "exit")]);
  await follower.stop();
  expect(struck, `the engine ended before it came to ${resource}: ${said.slice(-3_000)}`).toBe(true);
}
