import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Context } from "../../../cli/context";
import { begin } from "../../../cli/recover/host";
import type { Living } from "../../../cli/recover/living";
import { manifestKey } from "../../../contracts/generation";
import { signManifest } from "../../../contracts/manifest";
import { type Hold, holdKey } from "../../../contracts/ransomware";
import { readConfig } from "../../../stacks/config";
import { body } from "../../stacks/manifests";
import { MemoryS3 } from "../../stacks/memory-s3";
import { filledSettings, setConfig } from "../../stacks/settings";

const clean = "2026-11-24T03:50:44.120Z";
const later = "2026-11-24T03:51:14.120Z";
let living: Living;

beforeEach(async () => {
  const s3 = new MemoryS3().holdObjectsOf(body());
  await setConfig(filledSettings("primary"));
  const config = readConfig("primary");
  const passwords = { postgres: config.secrets.postgresCipher, files: config.secrets.filesCipher };
  for (const consistentAt of [clean, later])
    s3.objects.set(manifestKey(1, consistentAt), JSON.stringify(signManifest(body({ consistentAt }), passwords)));
  const hold: Hold = {
    ...{ generation: 1, set: "odoo", replaced: 20, encrypted: 20, cleanAt: clean },
    ...{ firstAt: later, firstSet: later, lastSet: later },
  };
  s3.objects.set(holdKey(1, "odoo", later), JSON.stringify(hold));
  living = { config, run: async () => "" } as unknown as Living; // its journal is empty
});
afterEach(() => vi.restoreAllMocks());

const chosen = async (folder: string, at?: string) =>
  (await begin(living, { lang: "en" } as Context, { folder, path: null, at }, () => undefined)).set.key;

it("does not bring back files that look encrypted, unless to a time that was asked for; nor holds up what is not", async () => {
  await expect(chosen("odoo")).rejects.toThrow(/look encrypted: odoo: 100 % of 20 .*--at 2026-11-24T03:50:44\.120Z$/);
  expect(await chosen("odoo", clean)).toBe(manifestKey(1, clean));
  expect(await chosen("n8n")).toBe(manifestKey(1, later));
  expect(await chosen("postgres")).toBe(manifestKey(1, later));
});
