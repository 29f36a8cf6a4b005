import { defineConfig } from "vitest/config";

/**
 * Pure tests, and emulators through their clients: they need what `npm run setup` installs. Not included yet: what drives the engine or
 * Docker (`*.e2e.test.ts`), the applications (PostgreSQL and Redis on the machine), S3 and the provider plugins; they need a configuration
 * of their own.
 */
export default defineConfig({
  test: {
    include: [
      "test/{plan,drill,toolchain,images}/**/*.test.ts",
      "test/local-cloud/{hosts,images,cloud,cloudflare,dns,hetzner}/**/*.test.ts",
      "test/local-cloud/providers/rest-client.test.ts",
    ],
    exclude: ["**/node_modules/**", "test/**/*.e2e.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
