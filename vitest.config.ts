import { defineConfig } from "vitest/config";

/** Pure tests and emulators through their clients; what drives the engine or Docker (`*.e2e.test.ts`) is named on the command line. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/**/*.e2e.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
