import { defineConfig } from "vitest/config";

/** What drives the engine, Docker, PostgreSQL, Vault and restic for real, a file at a time. `cloud.e2e` wipes the local cloud's state. */
export default defineConfig({
  test: {
    include: ["test/**/*.e2e.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
});
