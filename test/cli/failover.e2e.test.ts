/**
 * The operator's command on real parts: from a healthy site over its loss to the report, with two operators and five kills in between.
 * It uses the addresses and the cache of `npm run cloud:up`, and leaves that cloud wiped and down.
 */
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Look } from "../../cli/status/look";
import { incident } from "../../cli/incident/record";
import { type Ground, type Primary } from "../../drill/ground";
import { drillSite } from "../../drill/settings";
import { addresses } from "../../local-cloud/addresses";
import { checklist } from "../../plan/organisation";
import { cacheRoot } from "../../toolchain/paths";
import { smarter, type Ran, smarterUntil, type Running } from "./run-smarter";
import { minutes, raiseStage, strikeStage, timeline, type Stage } from "../local-stage";

let ground: Ground;
let primary: Primary;
let backedUp: Stage["backedUp"];
let folder: string;
let env: Record<string, string>;
let onStack: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smarter-e2e-"));
  ({ ground, primary, backedUp } = await raiseStage());
  await backedUp();
  env = { ...ground.stacks.engine("recovery").env };
  onStack = [
    "--config-file",
    ground.stacks.settingsFile("recovery"),
    "--primary-config-file",
    ground.stacks.settingsFile("primary"),
  ];
  await rm(journalFolder, { recursive: true, force: true });
}, minutes(15));

afterAll(async () => {
  await strikeStage(primary);
  await rm(folder, { recursive: true, force: true });
  await rm(journalFolder, { recursive: true, force: true });
}, minutes(3));

const journalFolder = join(cacheRoot(), "failover", `${drillSite.domain}-g2`);
const status = async (): Promise<Ran & { said: { verdict: string; look: Look } }> => {
  const ran = await smarter(["status", "--json", ...onStack], env);
  return { ...ran, said: JSON.parse(ran.stdout) as { verdict: string; look: Look } };
};
const activation = (more: readonly string[] = []) => [
  "failover",
  "activate",
  "--yes",
  "--report",
  join(folder, "incidents"),
  ...onStack,
  ...more,
];

/** Kills by number whoever is in charge, as `holder.json` names them. */
async function kill(which: readonly ("smarter" | "engine")[]): Promise<void> {
  const holder = JSON.parse(await readFile(join(journalFolder, "holder.json"), "utf8")) as Record<
    "smarter" | "engine",
    { pid: number }
  >;
  for (const name of which) process.kill(holder[name].pid, "SIGKILL");
}

/** Starts a recovery, and waits until a line of it matches. @returns the run, which goes on */
const activateUntil = (pattern: RegExp): Promise<Running> =>
  smarterUntil(pattern, activation(["--reason", "e2e"]), env, (line) => timeline.event(line));

const ended = async ({ child }: Running): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
};

describe("smarter", { timeout: minutes(8) }, () => {
  it("says that a healthy site is healthy", async () => {
    const { exitCode, said } = await status();
    expect(said).toMatchObject({
      verdict: "healthy",
      look: { activeGeneration: 1, activeAddress: addresses.hostinger },
    });
    expect(said.look.modules.every(({ inside }) => inside?.health === "healthy")).toBe(true);
    expect(exitCode).toBe(0);
  });

  it("shows what would happen, and changes nothing", async () => {
    const { exitCode, stdout } = await smarter([...activation(["--dry-run"]), "--lang", "es"], env);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toContain("Ensayo: no se cambió nada.");
    expect(stdout).toContain("✓ Hetzner, Cloudflare: la vista previa del propio programa no encuentra obstáculos");
    expect((await status()).said.look.hetzner).toMatchObject({ value: [] });
  });

  it("says to declare a disaster once the primary is gone", async () => {
    await ground.cloud.destroyHostinger();
    const { exitCode, said } = await status();
    expect(said.verdict).toBe("declare");
    expect(exitCode).toBe(3);
  });

  it("refuses before anything when S3 cannot be reached, and says why", async () => {
    const file = join(folder, "Pulumi.recovery.yaml");
    const settings = await readFile(ground.stacks.settingsFile("recovery"), "utf8");
    await writeFile(file, settings.replaceAll(addresses.s3.operatorUrl, `https://${addresses.front}:1`));
    const { exitCode, stdout } = await smarter(["failover", "activate", "--yes", "--config-file", file], env);
    expect(stdout).toMatch(/✗ Backups: .*the store could not be reached.*fix: the network, or the endpoint/);
    expect(exitCode).toBe(4);
    expect((await status()).said.look.hetzner).toMatchObject({ value: [] });
  });

  it("begins; a second operator, here or elsewhere, is refused and told who; a killed run's engine goes on", async () => {
    const run = await activateUntil(/Server: \S+ under way/);

    const here = await smarter(activation(), { ...env, SMARTEROS_OPERATOR: "ana@laptop" });
    expect(here.exitCode).toBe(4);
    expect(here.stdout).toMatch(/✗ This machine: \S+@\S+ recovers from this machine since .* \(process \d+\)/);
    // Another machine knows nothing of this one's runs: the claim in the bucket tells.
    const elsewhere = await smarter(activation(), {
      ...env,
      SMARTEROS_OPERATOR: "ana@tower",
      SMARTEROS_CACHE: join(folder, "tower"),
    });
    expect(elsewhere.exitCode).toBe(4);
    expect(elsewhere.stdout).toMatch(/✗ Claim: generation 2 is being recovered by \S+@\S+ since .*--take-over/);

    await kill(["smarter"]);
    await ended(run);
  });

  it.each([
    [
      "when it follows the engine of the run that was killed, both",
      /Modules: restore-wave-1 under way/,
      ["smarter", "engine"],
    ],
    ["while a service starts, both", /Modules: odoo under way/, ["smarter", "engine"]],
    ["in the gate, the engine alone", /Gate: gate under way/, ["engine"]],
    ["while DNS moves, both", /DNS: dns-from-outside under way/, ["smarter", "engine"]],
  ] as const)("is killed %s", async (_, moment, which) => {
    const run = await activateUntil(moment);
    await kill(which);
    await ended(run);
    expect(run.child.exitCode).not.toBe(0);
  });

  it("resumes, ends well, and documents all of it", async () => {
    const { exitCode, stdout, stderr } = await smarter(activation(["--json"]), env);
    const record = incident.parse(JSON.parse(stdout));
    expect(record.checklist.filter(({ ok }) => !ok)).toEqual([]);
    expect(exitCode, stderr).toBe(0);
    expect(record).toMatchObject({
      verdict: "recovered",
      generation: 2,
      reason: "e2e",
      dns: { before: addresses.hostinger },
    });
    expect(record.checklist).toHaveLength(checklist.length);
    expect(record.modules.filter(({ rtoSeconds }) => rtoSeconds === null)).toEqual([]);
    expect(record.decisions.map(({ what }) => what)).toEqual(
      expect.arrayContaining(["activated", "resumed", "unlocked", "failed", "recovered"]),
    );
    // Every run's stages, of the killed ones too: the server was ordered by the first.
    expect(record.events.find(({ what }) => what.endsWith("-server: working"))).toMatchObject({ run: 1, stage: "host" });
    expect(Math.max(...record.events.map(({ run }) => run))).toBeGreaterThanOrEqual(5);
    const html = await readFile(join(folder, "incidents", `${drillSite.domain}-g2`, "report.html"), "utf8");
    expect(html).toContain("en una ejecución anterior");
    expect((await status()).said.look.hetzner).toMatchObject({ value: [{ generation: "2" }] });
  });

  it("writes no secret into what it leaves behind", async () => {
    const secrets = [
      ...Object.values(ground.secrets.site),
      ground.secrets.drillToken,
      ground.secrets.passphrase,
    ].flatMap((text) => (text.startsWith("{") ? (Object.values(JSON.parse(text)) as string[]) : [text]));
    for (const name of ["incident.json", "report.html", "report.md"]) {
      const text = await readFile(join(folder, "incidents", `${drillSite.domain}-g2`, name), "utf8");
      expect(
        secrets.filter((secret) => text.includes(secret)),
        name,
      ).toEqual([]);
    }
  });

  it("finds the recovered site healthy, with nothing left to do", async () => {
    expect(await status()).toMatchObject({ exitCode: 0, said: { verdict: "healthy", look: { activeGeneration: 2 } } });
    const again = await smarter(activation(), env);
    expect(again.stdout).toContain("Generation 2 serves already; there was nothing to do.");
    expect(again.exitCode).toBe(0);
    const { exitCode, stdout } = await smarter(["checklist", "--report", join(folder, "incidents"), ...onStack], env);
    expect(exitCode, stdout).toBe(0);
  });

  it("audits it: what is deployed holds", async () => {
    const { stdout } = await smarter(["audit", "--json", "--incidents", join(folder, "incidents"), ...onStack], env);
    const { statements } = JSON.parse(stdout) as { statements: { id: string; holds?: boolean; evidence: string }[] };
    // Of a drill there need be no record on this machine.
    const others = statements.filter(
      ({ id }) => !["backups-verified", "restore-proved", "drill-due", "secret-age", "plan-deviations"].includes(id),
    );
    expect(others.filter(({ holds }) => !holds)).toEqual([]);
  });
});
