import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { machineSources } from "../../../local-cloud/images/debian";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "apt-"));
  await mkdir(join(root, "sources.list.d"));
});
afterEach(() => rm(root, { recursive: true }));
const write = (name: string, text: string) => writeFile(join(root, name), text);

it("reads Debian's sources in both formats, and leaves out other vendors' and what is switched off", async () => {
  await write(
    "sources.list",
    "# deb http://old.example bookworm main\ndeb [arch=amd64] http://a.example/debian bookworm main contrib\n",
  );
  await write(
    "sources.list.d/debian.sources",
    "Types: deb deb-src\nURIs: http://b.example/debian\nSuites: bookworm bookworm-updates\nComponents: main\n\n" +
      "Types: deb\nURIs: http://off.example/debian\nSuites: bookworm\nComponents: main\nEnabled: no\n",
  );
  await write("sources.list.d/vendor.list", "deb https://vendor.example/apt stable main\n");
  expect(await machineSources(root)).toEqual([
    { uri: "http://a.example/debian", suite: "bookworm", components: "main contrib" },
    { uri: "http://b.example/debian", suite: "bookworm", components: "main" },
    { uri: "http://b.example/debian", suite: "bookworm-updates", components: "main" },
  ]);
});
