/**
 * Back to a new VPS under load, by the operator's command, which is killed again and again: no acknowledged write is lost. It uses the addresses and
 * the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { incident } from "../../cli/incident/record";
import type { Primary } from "../../drill/ground";
import { startLoad, type Load } from "../../drill/load";
import { loseAndRebuild, withoutGap, writesAgainAfter } from "../../drill/scenarios/failback";
import { drillSite } from "../../drill/settings";
import { addresses } from "../../local-cloud/addresses";
import { cacheRoot } from "../../toolchain/paths";
import { smarter, smarterUntil, type Running } from "../cli/run-smarter";
import { log, minutes, raiseStage, signal, strikeStage, timeline } from "../local-stage";

let primary: Primary;
let load: Load;
let onNewVps: (script: string) => Promise<string>;
let folder: string;
let env: Record<string, string>;
let failback: string[];
const journalFolder = join(cacheRoot(), "failover", `${drillSite.domain}-g3`);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "failback-e2e-"));
  await rm(journalFolder, { recursive: true, force: true });
  const stage = await raiseStage();
  primary = stage.primary;
  await stage.backedUp();
  const before = await startLoad({ site: primary.site });
  onNewVps = await loseAndRebuild({ ...stage.ground, ...primary, load: before, generation: 1, timeline, signal });
  await primary.backups.cycleSince(Date.now(), { generation: 2, seconds: 300, signal });
  load = await startLoad({ site: primary.site });
  env = { ...stage.ground.stacks.engine("primary").env };
  const onStack = ["--stack", "primary", "--config-file", stage.ground.stacks.settingsFile("primary")];
  failback = ["failback", "--yes", "--report", join(folder, "incidents"), ...onStack];
}, minutes(20));

afterAll(async () => {
  await load?.stop();
  await strikeStage(primary);
  for (const left of [folder, journalFolder]) await rm(left, { recursive: true, force: true });
}, minutes(3));

/** Ends the command and its engine, as a machine that loses its power does. */
async function kill({ child }: Running): Promise<void> {
  const exited = once(child, "exit");
  const { engine } = JSON.parse(await readFile(join(journalFolder, "holder.json"), "utf8")) as {
    engine: { pid: number };
  };
  child.kill("SIGKILL");
  process.kill(engine.pid, "SIGKILL");
  await exited;
}

describe("smarter failback", { timeout: minutes(8) }, () => {
  it.each([
    ["while the new host is seeded", /Modules: restore-seed under way/],
    ["when the writers are being stopped", /stopping everything that writes/],
    ["after the last backup was claimed", /nobody writes any more/],
    ["in the gate", /Gate: gate under way/],
  ])("is killed %s", async (_, moment) => {
    await kill(await smarterUntil(moment, failback, env, log));
    expect(await primary.site.resolve(drillSite.domain)).not.toBe(addresses.hostinger);
  });

  it("goes on, and loses no acknowledged write", async () => {
    const { exitCode, stdout, stderr } = await smarter([...failback, "--json"], env);
    expect(exitCode, stderr).toBe(0);
    const { gate, verdict, generation } = incident.parse(JSON.parse(stdout));
    expect(gate.checks.filter(({ ok }) => !ok)).toEqual([]);
    expect({ verdict, generation }).toEqual({ verdict: "recovered", generation: 3 });
    expect(await primary.site.resolve(drillSite.domain)).toBe(addresses.hostinger);
    expect(await writesAgainAfter(load, Date.now(), signal)).toMatchObject({ ok: true });
    await load.stop();
    expect(await withoutGap(onNewVps)).toMatchObject({ ok: true });
  });
});
