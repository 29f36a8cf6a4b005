import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { dataRoot } from "../../components/host/paths";
import { clearScript } from "../../cli/failback/scripts";

let root: string;
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), "failback-"))));
afterEach(() => rm(root, { recursive: true, force: true }));

/** Runs the script on folders of this test, with a `docker` that knows these running containers. */
async function clear(running = ""): Promise<string> {
  await mkdir(join(root, "bin"), { recursive: true });
  await writeFile(join(root, "bin", "docker"), `#!/bin/sh\nprintf '${running}'\n`, { mode: 0o755 });
  const script = clearScript("smarterbot.test", 3, ["odoo", "postgres"]).replaceAll(dataRoot, join(root, "data"));
  const { stdout } = await promisify(execFile)("sh", ["-c", script], {
    env: { ...process.env, PATH: `${join(root, "bin")}:${process.env["PATH"]}` },
  });
  return stdout;
}
const fill = async (set: string, ...files: string[]) => {
  await mkdir(join(root, "data", set), { recursive: true, mode: 0o750 });
  for (const file of files) await writeFile(join(root, "data", set, file), "old");
};
const namesIn = (folder: string) => readdir(join(root, "data", folder));

it("keeps what an earlier life left, and leaves an empty folder of the same mode", async () => {
  await fill("odoo", "filestore");
  await fill("postgres");
  expect(await clear()).toBe("odoo\n");
  expect(await namesIn("odoo")).toEqual([]);
  expect(await namesIn("odoo.before-g3")).toEqual(["filestore"]);
  expect(await namesIn(".")).toEqual([".cleared-g3", "odoo", "odoo.before-g3", "postgres"]);
});

it("moves nothing that was brought since, not even onto what was empty", async () => {
  await fill("odoo");
  await fill("postgres");
  await clear();
  await fill("odoo", "seeded");
  expect(await clear()).toBe("");
  expect(await namesIn("odoo")).toEqual(["seeded"]);
});

it("moves nothing that was restored since", async () => {
  await fill("odoo", "filestore");
  await fill("postgres");
  await clear();
  await fill("odoo", "restored");
  expect(await clear()).toBe("");
  expect(await namesIn("odoo")).toEqual(["restored"]);
});

it("goes on where it was killed between its two moves", async () => {
  await fill("odoo.made");
  await fill("odoo.before-g3", "filestore");
  await fill("postgres");
  expect(await clear()).toBe("");
  expect(await namesIn(".")).toEqual([".cleared-g3", "odoo", "odoo.before-g3", "postgres"]);
  expect(await readFile(join(root, "data", "odoo.before-g3", "filestore"), "utf8")).toBe("old");
});

it("touches nothing while the site runs there", async () => {
  await fill("odoo", "filestore");
  await fill("postgres");
  await expect(clear("odoo\\ncaddy\\n")).rejects.toThrow(
    /containers of smarterbot.test run on this host: odoo caddy; fix: /,
  );
  expect(await namesIn("odoo")).toEqual(["filestore"]);
});
