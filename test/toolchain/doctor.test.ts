import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { examine } from "../../toolchain/doctor";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "doctor-"));
  vi.stubEnv("SMARTEROS_CACHE", folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it("names every part, and a fix for each that is missing", async () => {
  const findings = await examine(join(folder, "pulumi-home"));
  const parts = findings.map(({ part }) => part);
  expect(parts).toEqual(
    expect.arrayContaining([
      "engine",
      "language host",
      "provider hcloud",
      "provider aws",
      "S3 and IAM server",
      "Vault server",
    ]),
  );
  const missing = findings.filter(({ ok }) => !ok);
  expect(missing.map(({ part }) => part)).toEqual(
    expect.arrayContaining(["provider docker", "S3 and IAM server", "Vault server"]),
  );
  for (const { part, fix } of missing) expect(fix, part).toBeTruthy();
});
