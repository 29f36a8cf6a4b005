import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { repoRoot } from "../../../toolchain/paths";

it("is down, and can be brought down, on a machine on which it was never up", async () => {
  const cache = await mkdtemp(join(tmpdir(), "smarteros-bare-"));
  try {
    for (const [command, said] of [
      ["down", ""],
      ["status", "the local cloud is down"],
    ] as const) {
      const { exitCode, all } = await execa("node", ["--import", "tsx", join("local-cloud", "cli.ts"), command], {
        cwd: repoRoot(),
        env: { SMARTEROS_CACHE: cache },
        all: true,
        reject: false,
      });
      expect({ exitCode, all }).toEqual({ exitCode: 0, all: said });
    }
  } finally {
    await rm(cache, { recursive: true });
  }
}, 30_000);
