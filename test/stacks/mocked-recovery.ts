import { vi } from "vitest";
import type { FenceResult } from "../../contracts/fence";
import { manifestKey } from "../../contracts/generation";
import { signManifest } from "../../contracts/manifest";
import type { ChosenSet } from "../../stacks/backup-store";
import * as preflight from "../../stacks/preflight";
import { recovery } from "../../stacks/recovery";
import { cloudflare, hetzner } from "./cloud-answers";
import { body } from "./manifests";
import { MemoryS3 } from "./memory-s3";
import { deployMocked, passedGate, type MockedStack } from "./mocked-stack";
import type { Settings } from "./settings";

/** Set that the mocked recovery restores. */
export const restoredSet: ChosenSet = {
  key: manifestKey(1, body().consistentAt),
  manifest: signManifest(body(), { postgres: "p", files: "f" }),
  skipped: [],
};

/** What the mocked fence printed. */
export const fenced: FenceResult = {
  verdict: "fenced",
  decidedAt: "2026-11-24T03:51:00.000Z",
  seconds: 4.2,
  attempts: [
    { way: "ssh", outcome: "done", detail: "5.75.128.10: 12 containers stopped, none starts again", seconds: 4 },
    { way: "writer-keys", outcome: "done", detail: "off: backup-writer-g1-abc (AKIA)", seconds: 1 },
  ],
  answeredBefore: [{ address: "5.75.128.10", port: "https" }],
  answeredAfter: [],
};

/** The recovery on mocks: its preflight chose a set, Hetzner has one type in Falkenstein, and one record is in the zone already. */
export function mockedRecovery(settings: Settings): Promise<MockedStack> {
  new MemoryS3();
  vi.spyOn(preflight, "preflightRestore").mockResolvedValue({
    set: restoredSet,
    restoreId: "g2-from-g1-test",
    sourceGeneration: 1,
  });
  return deployMocked(recovery, settings, {
    calls: {
      ...hetzner({ offers: { cpx32: [{ name: "fsn1", available: true }] } }),
      ...cloudflare([{ name: "odoo.smarterbot.cl", id: "r1", content: "5.75.128.10" }]),
    },
    stdout: {
      fence: JSON.stringify(fenced),
      gate: JSON.stringify(passedGate),
      "restore-wave-1": `{"module":"postgres"}\n{"module":"caddy"}\n`,
      "restore-wave-2": `{"module":"odoo"}\n`,
    },
  });
}
