import { defineConfig } from "vitest/config";

/**
 * Two tiers of one run. `fast`: pure tests, components and policies with mocks, emulators and applications through their clients.
 * `e2e`: what drives the engine, Docker, PostgreSQL, Vault and restic for real, a file at a time, after the others; it wipes the
 * local cloud's state.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/**/*.e2e.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/**/*.e2e.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
