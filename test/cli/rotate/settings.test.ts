import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { agesOf, planRotation, type Step } from "../../../cli/rotate/plan";
import { RotationSettings } from "../../../cli/rotate/settings";
import { PulumiConfig } from "../../../stacks/secrets/pulumi-config";
import { emptyStack } from "../../empty-stack";

/** On the real engine, in a project of its own. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
const now = "2026-11-24T19:05:00.000Z";
const before = { odoo: "the password of before", n8n: "n8n's own password" };
const names = ["s3.writer", "databasePasswords.odoo"];
let folder: string;
let settings: RotationSettings;
let config: PulumiConfig;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rotate-"));
  const access = await emptyStack(folder);
  config = new PulumiConfig(access);
  await config.setSecret("smarteros:databasePasswords", JSON.stringify(before));
  settings = new RotationSettings({ access }, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const planned = async (): Promise<Step[]> =>
  planRotation({ names }, agesOf(await settings.record(), []), Date.parse(now));
const passwords = async () =>
  JSON.parse(
    (await config.values(["smarteros:databasePasswords"])).get("smarteros:databasePasswords")!,
  ) as typeof before;

it("begins: a new password, encrypted; what is begun is noted, and begun once", async () => {
  const made = await settings.begin(await planned(), before, now);
  expect(made).toEqual({ ...before, odoo: expect.stringMatching(/^[\w-]{32}$/) });
  expect(await passwords()).toEqual(made);
  const file = await readFile(join(folder, "Pulumi.primary.yaml"), "utf8");
  expect(file).not.toContain(made["odoo"]);
  const entry = { madeAt: now, by: expect.stringMatching(/.@./), pending: true };
  expect(await settings.record()).toEqual({ "s3.writer": entry, "databasePasswords.odoo": entry });

  // Cut off here, and run again: the same values, the same key.
  const again = await settings.begin(await planned(), await passwords(), "2026-11-24T20:00:00.000Z");
  expect(again).toEqual(made);
  expect((await settings.record())["s3.writer"]).toEqual(entry);
  expect(await readFile(join(folder, "Pulumi.primary.yaml"), "utf8")).toBe(file);
});

it("notes what is in force, each by itself, and what a person has changed", async () => {
  await settings.finish(["s3.writer"]);
  expect(await settings.record()).toMatchObject({ "databasePasswords.odoo": { pending: true } });
  expect((await settings.record())["s3.writer"]).toEqual({ madeAt: now, by: expect.any(String) });
  await settings.finish(["databasePasswords.odoo"]);
  const [person] = planRotation({ names: ["hcloud:token"] }, agesOf(await settings.record(), []), Date.parse(now));
  await settings.changedBy([person!], now);
  const record = await settings.record();
  expect(Object.values(record).map(({ pending }) => pending)).toEqual([undefined, undefined, undefined]);
  expect(Object.keys(record)).toContain("hcloud:token");
});
