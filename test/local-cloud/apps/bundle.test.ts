import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { appImages } from "../../../local-cloud/apps/images";

const run = promisify(execFile);
let bundle: string;

beforeAll(async () => {
  const images = await appImages();
  expect(images.map(({ name }) => name)).toEqual([
    "gateway",
    "odoo",
    "chatwoot",
    "botpress",
    "n8n",
    "metabase",
    "dokploy",
  ]);
  bundle = images[0]!.files!["app.cjs"]!;
});

const start = (env: Record<string, string>) => run(process.execPath, [bundle], { env });

describe("the bundle", () => {
  it("refuses a role that there is not", async () => {
    const refused = expect.stringMatching(/^SMARTEROS_ROLE: received "wordpress"; allowed: gateway, .*fix: /);
    await expect(start({ SMARTEROS_ROLE: "wordpress" })).rejects.toMatchObject({ code: 1, stderr: refused });
  });

  it("says what a role lacks, without a stack trace", async () => {
    const refused = expect.stringMatching(
      /^dokploy: environment variables missing or wrong:\n  DATABASE_URL: not set\n.*\nfix: .*\n$/,
    );
    await expect(start({ SMARTEROS_ROLE: "dokploy" })).rejects.toMatchObject({ code: 1, stderr: refused });
  });
});
