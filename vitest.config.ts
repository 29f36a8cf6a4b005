import { defineConfig } from "vitest/config";

/** Pure tests, and emulators and applications through their clients: what `npm run setup` installs is all they need. */
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/**/*.e2e.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
