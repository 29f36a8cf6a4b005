import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lossesOf } from "../../../cli/failover/forecast";
import { Journal } from "../../../cli/failover/journal";
import { examine, extraConfig } from "../../../cli/failover/preflight";
import type { StackEngine } from "../../../cli/engine";
import { manifestKey } from "../../../contracts/generation";
import { signManifest } from "../../../contracts/manifest";
import { type Hold, holdKey, releaseKey } from "../../../contracts/ransomware";
import { claimKey, operatorName, type Claim } from "../../../stacks/backup-store";
import { body } from "../../stacks/manifests";
import { MemoryS3 } from "../../stacks/memory-s3";
import { filledSettings, type Settings } from "../../stacks/settings";

let root: string;
let s3: MemoryS3;
let settings: Settings;
beforeEach(async () => {
  outputs = {};
  root = await mkdtemp(join(tmpdir(), "preflight-"));
  settings = filledSettings("recovery");
  s3 = new MemoryS3().holdObjectsOf(body());
  const passwords = {
    postgres: String(settings["smarteros:postgresCipher"]),
    files: String(settings["smarteros:filesCipher"]),
  };
  s3.objects.set(manifestKey(1, "2026-11-24T03:50:44.120Z"), JSON.stringify(signManifest(body(), passwords)));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true });
});

const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
const clear = () => ({
  values: Object.fromEntries(Object.entries(settings).map(([k, v]) => [k, text(v)])),
  secretKeys: [],
});
let outputs: Record<string, unknown> = {};
const engine = {
  stack: "recovery",
  configFile: "Pulumi.recovery.yaml",
  outputs: () => Promise.resolve(outputs),
} as unknown as StackEngine;
const look = (change: Partial<Parameters<typeof examine>[0]> = {}) =>
  examine({
    engine,
    clear: clear(),
    asked: {},
    takeOver: false,
    journal: new Journal("smarterbot.cl", 2, root),
    lang: "en",
    ...change,
  });
const refusals = async (change?: Parameters<typeof look>[0]) => (await look(change)).checks.filter(({ ok }) => !ok);
const claimed = (change: Partial<Claim> = {}) => {
  const claim: Claim = {
    generation: 2,
    restoreFrom: 1,
    manifestKey: [...s3.objects.keys()].find((key) => key.startsWith("g1/manifests/"))!,
    targetTime: null,
    claimedAt: "2026-11-24T03:55:00.000Z",
    claimedBy: "ana@laptop",
    ...change,
  };
  s3.objects.set(claimKey(2), JSON.stringify(claim));
};

describe("the preflight of the command", () => {
  it("finds what will be restored, and claims nothing", async () => {
    const { checks, found } = await look();
    expect(checks.map(({ id, ok }) => `${id} ${ok}`)).toEqual([
      "settings true",
      "plan true",
      "backups true",
      "claim true",
      "state true",
      "machine true",
    ]);
    expect(found?.set.manifest.body.consistentAt).toBe("2026-11-24T03:50:44.120Z");
    expect(s3.objects.has(claimKey(2))).toBe(false);
  });

  it("names everything that is wrong with the settings at once, each with its fix", async () => {
    delete settings["smarteros:vaultToken"];
    settings["smarteros:site"] = { ...settings["smarteros:site"], generation: 0 };
    const problems = await refusals();
    expect(problems.length).toBeGreaterThanOrEqual(2);
    for (const { said } of problems) expect(said).toContain("fix:");
  });

  it("refuses when S3 refuses, and says which credentials", async () => {
    s3.refuse("InvalidAccessKeyId", 403);
    expect(await refusals()).toEqual([
      { id: "backups", ok: false, said: expect.stringMatching(/refused the credentials .*fix: AWS_ACCESS_KEY_ID/) },
    ]);
  });

  it("refuses in the operator's language", async () => {
    s3.refuse("InvalidAccessKeyId", 403);
    expect(await refusals({ lang: "es" })).toEqual([
      {
        id: "backups",
        ok: false,
        said: expect.stringMatching(/rechazó las credenciales .*solución: AWS_ACCESS_KEY_ID/),
      },
    ]);
    delete settings["smarteros:vaultToken"];
    expect(await refusals({ lang: "es" })).toEqual([
      {
        id: "settings",
        ok: false,
        said: expect.stringMatching(/^smarteros:vaultToken: falta; permitido: .*; solución: /),
      },
    ]);
  });

  it("refuses a generation that somebody else is recovering: who, since when, and what to do", async () => {
    claimed();
    expect(await refusals()).toEqual([
      {
        id: "claim",
        ok: false,
        said: expect.stringMatching(/being recovered by ana@laptop since 24 Nov 2026, 03:55:00 UTC.*--take-over/),
      },
    ]);
    expect(await refusals({ takeOver: true })).toEqual([]);
  });

  it("resumes one's own, and one of a program that did not say who", async () => {
    claimed({ claimedBy: operatorName() });
    expect(await refusals()).toEqual([]);
    claimed({ claimedBy: undefined });
    expect(await refusals()).toEqual([]);
  });

  it("lets anybody look at a generation that serves already", async () => {
    claimed();
    s3.objects.set(manifestKey(2, "2026-11-24T03:58:00.000Z"), "{}");
    const preflight = await look();
    expect(preflight.serves).toBe(true);
    expect(preflight.checks.every(({ ok }) => ok)).toBe(true);
  });

  it("refuses the newest set when it may be an attacker's, and says to what time to recover; takes a time that was asked for", async () => {
    const clean = "2026-11-24T03:50:44.120Z";
    const hold = {
      ...{ generation: 1, set: "odoo", replaced: 214, encrypted: 199, cleanAt: clean },
      ...{
        firstAt: "2026-11-24T03:51:00.000Z",
        firstSet: "2026-11-24T03:51:14.120Z",
        lastSet: "2026-11-24T03:51:14.120Z",
      },
    } satisfies Hold;
    s3.objects.set(holdKey(1, "odoo", "2026-11-24T03:51:14.120Z"), JSON.stringify(hold));
    expect(await refusals()).toEqual([
      {
        id: "backups",
        ok: false,
        said: expect.stringMatching(
          /g1\/holds\/: held, odoo: 93 % of 214 replaced files look encrypted since 2026-11-24T03:51:00\.000Z; .* --at 2026-11-24T03:50:44\.120Z .*--release REASON/,
        ),
      },
    ]);
    const { checks, found } = await look({ asked: { at: clean } });
    expect(checks.every(({ ok }) => ok)).toBe(true);
    expect(checks.find(({ id }) => id === "backups")!.said).toContain(
      `what came later looks encrypted (odoo); the newest set before that: ${clean}`,
    );
    expect(found?.held).toMatchObject([{ set: "odoo", hold }]);

    s3.objects.set("releases/g1/2026-11-24T035959000Z.json", "{}");
    expect((await refusals()).length, "an older release").toBe(1);
    s3.objects.set(releaseKey(1, s3.writtenAt.toISOString()), "{}");
    expect(await refusals()).toEqual([]);
  });

  it("refuses a state that holds the host of another generation, and goes on with its own", async () => {
    outputs = { generation: 5 };
    expect(await refusals()).toEqual([
      {
        id: "state",
        ok: false,
        said: expect.stringMatching(
          /holds the host of generation 5, not of 2; .*pulumi stack rename recovery-g5 --stack recovery/,
        ),
      },
    ]);
    outputs = { generation: 2 };
    expect(await refusals()).toEqual([]);
  });

  it("refuses while another run on this machine lives", async () => {
    await new Journal("smarterbot.cl", 2, root).take("bob@here");
    expect(await refusals()).toEqual([
      { id: "machine", ok: false, said: expect.stringMatching(/^bob@here recovers from this machine since/) },
    ]);
  });
});

describe("what it costs in data", () => {
  it("is told for every module, from the moment of the set to the activation", async () => {
    const { found } = await look();
    const losses = lossesOf(found!, Date.parse("2026-11-24T03:51:44.120Z"), undefined);
    expect(losses.find(({ module }) => module === "gateway")).toMatchObject({
      backAsOf: "2026-11-24T03:50:44.120Z",
      lostSeconds: 60,
      rpoSeconds: 60,
      deadlineSeconds: 600,
    });
    expect(losses.find(({ module }) => module === "redis")).toEqual({ module: "redis", deadlineSeconds: 900 });
  });

  it("follows the time that was asked for where WAL is rolled forward, and the set elsewhere", async () => {
    const { found } = await look();
    const losses = lossesOf(found!, Date.parse("2026-11-24T03:52:00.000Z"), "2026-11-24T03:51:00.000Z");
    expect(losses.find(({ module }) => module === "metabase")).toMatchObject({
      backAsOf: "2026-11-24T03:51:00.000Z",
      lostSeconds: 60,
    });
    expect(losses.find(({ module }) => module === "odoo")).toMatchObject({ backAsOf: "2026-11-24T03:50:44.120Z" });
  });

  it("hands the time to the engine only when the settings do not have it", () => {
    const at = "2026-11-24T03:51:00.000Z";
    expect(extraConfig(clear(), {})).toEqual({});
    expect(extraConfig(clear(), { at })).toEqual({ "recovery:targetTime": at });
    settings["recovery:targetTime"] = at;
    expect(extraConfig(clear(), { at })).toEqual({});
  });
});
