import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  readVerification,
  verificationAges,
  verificationMarkdown,
  verificationRecord,
  writeVerification,
  type VerificationRecord,
} from "../../../backups/verify/record";
import { moduleTargets } from "../../../components/services/agent";

const manifest = "g1/manifests/2026-11-24T035044120Z.json";
const at = "2026-11-24T04:01:30.000Z";
const record: VerificationRecord = {
  verdict: "verified",
  startedAt: "2026-11-24T04:00:00.000Z",
  finishedAt: at,
  seconds: 90,
  domain: "smarterbot.cl",
  set: {
    generation: 1,
    manifest,
    consistentAt: "2026-11-24T03:50:44.120Z",
    ageSeconds: 556,
    databaseBytes: 2 ** 30,
    skipped: [],
  },
  modules: moduleTargets().map(({ module }) => ({
    name: module,
    result: "verified",
    seconds: 3,
    evidence: ["a | b"],
    lastVerified: { at, manifest },
  })),
  problem: null,
  leftBehind: null,
};
const days = (n: number) => Date.parse(at) + n * 86_400_000;
const plan = { verifyEvery: "7 days" } as const;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), "verification-"))));
afterAll(() => rm(folder, { recursive: true }));

describe("the record", () => {
  it("comes back as it was written", async () => {
    expect(await readVerification(join(folder, "none"))).toBeUndefined();
    await writeVerification(join(folder, "kept"), record);
    expect(await readVerification(join(folder, "kept"))).toEqual(record);
  });
  it("is refused when it is none, with the fix", async () => {
    await writeFile(join(folder, "latest.json"), JSON.stringify({ verdict: "verified" }));
    await expect(readVerification(folder)).rejects.toThrow(/latest\.json: no record.*fix: npm run backups:verify/s);
  });
  it("cannot say verified where a module is not, or nothing was restored", () => {
    const [first, ...others] = record.modules;
    const lies = [
      { modules: [{ ...first!, result: "not-reached" as const }, ...others] },
      { set: null },
      { problem: "odd" },
    ];
    for (const lie of lies) {
      expect(verificationRecord.safeParse({ ...record, ...lie }).success).toBe(false);
      expect(verificationRecord.safeParse({ ...record, ...lie, verdict: "failed" }).success).toBe(true);
    }
  });
  it("is told in Markdown, with what was seen of each module and how long it took", () => {
    const text = verificationMarkdown({ ...record, leftBehind: "Hetzner: 503" });
    expect(text).toContain("# Backups of smarterbot.cl: verified");
    expect(text).toMatch(/took 1 min 30 s/);
    expect(text).toContain("9 min 16 s old");
    expect(text).toContain(`| odoo | verified | 3 s | ${at} | a \\| b |`);
    expect(text).toContain("NOT removed: Hetzner: 503");
  });
});

describe("the age of the last verification", () => {
  const stale = (given: VerificationRecord | undefined, now: number) =>
    verificationAges(given, plan, now).flatMap(({ module, stale: is }) => (is ? [module] : []));
  it("is within the plan's limit for seven days, and not a second longer", () => {
    expect(stale(record, days(7))).toEqual([]);
    expect(stale(record, days(7) + 1)).toEqual(moduleTargets().map(({ module }) => module));
  });
  it("is that of the last success, also after a failure", () => {
    const modules = record.modules.map((m) =>
      m.name === "odoo"
        ? { ...m, result: "failed" as const, lastVerified: { at: new Date(days(-8)).toISOString(), manifest } }
        : m,
    );
    expect(stale({ ...record, verdict: "failed", modules }, days(0))).toEqual(["odoo"]);
  });
  it("is stale where there was none", () => expect(stale(undefined, days(0))).toHaveLength(moduleTargets().length));
});
