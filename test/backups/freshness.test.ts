import { GetObjectCommand, ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { moduleFreshness, readFreshness } from "../../backups/freshness";
import { moduleTargets } from "../../components/services/agent";
import { type ModuleTarget, restorableAt } from "../../contracts/freshness";
import { manifestKey } from "../../contracts/generation";
import { type ManifestBody, signManifest } from "../../contracts/manifest";
import { body } from "../stacks/manifests";

const passwords = { postgres: "p", files: "f" };
const consistentAt = Date.parse(body().consistentAt);
const later = (seconds: number) => new Date(consistentAt + seconds * 1000);
const gateway: ModuleTarget = { module: "gateway", rpoSeconds: 60, database: true, fileSets: [] };
const odoo: ModuleTarget = { module: "odoo", rpoSeconds: 300, database: true, fileSets: ["odoo"] };
const vault: ModuleTarget = { module: "vault", rpoSeconds: 0, database: false, fileSets: ["vault"] };

describe("the newest restorable point", () => {
  it("is that of the oldest part", () => {
    expect(restorableAt(body(), odoo)?.toISOString()).toBe(body().consistentAt);
    expect(restorableAt(body(), vault)?.toISOString()).toBe(body().files["vault"]!.takenAt);
  });
  it("is none when a part is missing", () => expect(restorableAt(body({ files: {} }), odoo)).toBeUndefined());
});

describe("a module", () => {
  const of = (target: ModuleTarget, seconds: number, set: ManifestBody | undefined = body()) =>
    moduleFreshness(set, target, { now: later(seconds), cycleSeconds: 30 });
  it("is fresh up to its RPO, and then stale", () => {
    expect(of(gateway, 60)).toMatchObject({ verdict: "fresh", ageSeconds: 60, rpoTargetSeconds: 60 });
    expect(of(gateway, 61).verdict).toBe("stale");
    expect(of(odoo, 61).verdict).toBe("fresh");
  });
  it("with an RPO that no manifest can show is given two cycles", () => {
    expect(of(vault, 60)).toMatchObject({ verdict: "fresh", rpoTargetSeconds: 0, staleAfterSeconds: 60 });
    expect(of(vault, 62).verdict).toBe("stale");
  });
  it("without a set is unknown, not stale", () =>
    expect(moduleFreshness(undefined, gateway, { now: later(0), cycleSeconds: 30 })).toEqual({
      module: "gateway",
      rpoTargetSeconds: 60,
      staleAfterSeconds: 60,
      verdict: "unknown",
    }));
});

describe("the plan's modules", () => {
  it("are all that keep data, each with an RPO", () => {
    const targets = moduleTargets();
    expect(targets.map(({ module }) => module)).not.toContain("redis");
    expect(targets).toContainEqual(gateway);
    expect(targets).toContainEqual(vault);
    expect(targets.find(({ module }) => module === "dokploy")).toMatchObject({ rpoSeconds: 600 });
  });
});

describe("what the bucket says", () => {
  /** Objects by key, listed as S3 does. */
  const store = (objects: Record<string, string>): S3Client =>
    ({
      send: async (command: unknown) => {
        if (command instanceof ListObjectsV2Command) {
          const { Prefix = "", StartAfter = "" } = command.input;
          const keys = Object.keys(objects).filter((key) => key.startsWith(Prefix) && key > StartAfter);
          return { Contents: keys.sort().map((Key) => ({ Key })) };
        }
        if (!(command instanceof GetObjectCommand)) throw new Error("not expected");
        return { Body: { transformToString: async () => objects[command.input.Key!] } };
      },
    }) as unknown as S3Client;
  const key = manifestKey(1, body().consistentAt);
  const signed = (by = passwords) => JSON.stringify(signManifest(body(), by));
  const read = (objects: Record<string, string>, seconds: number) =>
    readFreshness({
      s3: store(objects),
      bucket: "b",
      generation: 1,
      passwords,
      targets: [gateway, odoo],
      cycleSeconds: 30,
      now: later(seconds),
    });

  it("is fresh while cycles go on", async () =>
    expect(await read({ [key]: signed() }, 30)).toMatchObject({ verdict: "fresh", manifest: key, skipped: [] }));

  it("is stale when the agent has been silent for an hour and more", async () => {
    const { verdict, modules } = await read({ [key]: signed() }, 4000);
    expect(verdict).toBe("stale");
    expect(modules.map(({ module, ageSeconds, verdict }) => [module, ageSeconds, verdict])).toEqual([
      ["gateway", 4000, "stale"],
      ["odoo", 4000, "stale"],
    ]);
  });

  it("is not made fresh by a manifest that somebody else signed", async () => {
    const forged = manifestKey(1, later(3990).toISOString());
    const result = await read({ [key]: signed(), [forged]: signed({ postgres: "x", files: "x" }) }, 4000);
    expect(result).toMatchObject({ verdict: "stale", manifest: key });
    expect(result.skipped).toMatchObject([{ key: forged, reason: expect.stringContaining("signature") }]);
  });

  it("is unknown when there is nothing", async () =>
    expect(await read({}, 0)).toMatchObject({ verdict: "unknown", skipped: [] }));
});
