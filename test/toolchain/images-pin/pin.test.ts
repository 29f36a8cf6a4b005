import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinFile } from "../../../toolchain/images-pin/pin";
import { digestOf, fakeRegistry, type FakeRegistry } from "./fake-registry";

const resolve = { credentials: () => undefined, retries: 0 };
let registry: FakeRegistry;
let folder: string;
let file: string;

beforeEach(async () => {
  registry = await fakeRegistry();
  folder = await mkdtemp(join(tmpdir(), "images-pin-"));
  file = join(folder, "Pulumi.test.yaml");
});

afterEach(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

const write = (images: string) =>
  writeFile(
    file,
    `# The site.\nconfig:\n  smarteros:site:\n    domain: example.test # stays\n    images:\n${images}  other: 1\n`,
  );

describe("pinning a config file", () => {
  it("writes the digests behind the tags, and leaves the rest of the file as it was", async () => {
    registry.tags.set("library/odoo:18.0", digestOf("a")).set("acme/gateway:v1", digestOf("b"));
    await write(
      `      # Applications\n      odoo: ${registry.host}/library/odoo:18.0 # LTS\n      gateway: "${registry.host}/acme/gateway:v1"\n`,
    );
    const before = await readFile(file, "utf8");
    const pinned = await pinFile(file, { resolve });
    expect(pinned?.map((image) => image.outcome)).toEqual(["pinned", "pinned"]);
    const expected = before
      .replace("odoo:18.0 #", `odoo:18.0@${digestOf("a")} #`)
      .replace('gateway:v1"', `gateway:v1@${digestOf("b")}"`);
    expect(await readFile(file, "utf8")).toBe(expected);
    expect(await readdir(folder)).toEqual(["Pulumi.test.yaml"]);
  });

  it("asks by HEAD, for indexes first, with a token of that repository alone", async () => {
    registry.tags.set("library/odoo:18.0", digestOf("a"));
    await write(`      odoo: ${registry.host}/library/odoo:18.0\n`);
    await pinFile(file, { resolve });
    expect(registry.asked.map((request) => request.method)).toEqual(["HEAD", "HEAD"]);
    expect(registry.asked[1]?.accept).toMatch(
      /^application\/vnd\.oci\.image\.index\.v1\+json, application\/vnd\.docker/,
    );
  });

  it("moves a digest with its tag, and says when nothing changed", async () => {
    registry.tags.set("a/moved:1", digestOf("b")).set("a/same:1", digestOf("c"));
    await write(
      `      moved: ${registry.host}/a/moved:1@${digestOf("a")}\n      same: ${registry.host}/a/same:1@${digestOf("c")}\n`,
    );
    const pinned = await pinFile(file, { resolve });
    expect(pinned?.map(({ outcome, after }) => [outcome, after])).toEqual([
      ["moved", `${registry.host}/a/moved:1@${digestOf("b")}`],
      ["same", `${registry.host}/a/same:1@${digestOf("c")}`],
    ]);
  });

  it("invents no digest: what is not resolved stays as it was, with its cause; the others are pinned", async () => {
    registry.tags.set("a/good:1", digestOf("a")).set("a/odd:1", "sha256:123").set("a/closed:1", 403);
    const named = (name: string) => `      ${name}: ${registry.host}/a/${name}:1\n`;
    await write(
      named("gone") + named("odd") + named("closed") + named("good") + `      untagged: ${registry.host}/a/untagged\n`,
    );
    const pinned = await pinFile(file, { resolve });
    expect(
      pinned?.map(({ service, outcome, cause }) => [service, outcome, cause?.replace(registry.host, "HOST")]),
    ).toEqual([
      ["gone", "unresolved", "HOST/v2/a/gone/manifests/1 answered 404 (no such image or tag)"],
      ["odd", "unresolved", 'HOST answered "sha256:123" as Docker-Content-Digest, which is no sha256 digest'],
      ["closed", "unresolved", "HOST/v2/a/closed/manifests/1 answered 403 (not allowed)"],
      ["good", "pinned", undefined],
      ["untagged", "unresolved", expect.stringContaining("it has no tag")],
    ]);
    const after = await readFile(file, "utf8");
    expect(after.match(/@sha256/g)).toHaveLength(1);
    expect(after).toContain(`good:1@${digestOf("a")}`);
  });

  it("tries again when the registry is overloaded", async () => {
    registry.tags.set("a/busy:1", 503);
    await write(`      busy: ${registry.host}/a/busy:1\n`);
    const pinning = pinFile(file, { resolve: { ...resolve, retries: 3 } });
    await expect.poll(() => registry.asked.length, { interval: 5 }).toBeGreaterThanOrEqual(2);
    registry.tags.set("a/busy:1", digestOf("a"));
    expect((await pinning)?.[0]?.outcome).toBe("pinned");
  });

  it("says when a registry does not answer", async () => {
    await write(`      nobody: 127.0.0.1:1/a/nobody:1\n`);
    expect((await pinFile(file, { resolve }))?.[0]?.cause).toMatch(
      /127\.0\.0\.1:1 did not answer: .*(ECONNREFUSED|bad port)/,
    );
  });

  it("changes nothing in a dry run", async () => {
    registry.tags.set("a/b:1", digestOf("a"));
    await write(`      b: ${registry.host}/a/b:1\n`);
    const before = await readFile(file, "utf8");
    expect((await pinFile(file, { resolve, dryRun: true }))?.[0]?.after).toContain(digestOf("a"));
    expect(await readFile(file, "utf8")).toBe(before);
  });

  it("refuses images that are no map of texts, and knows files without images", async () => {
    await writeFile(file, "config:\n  smarteros:site:\n    images: odoo:18.0\n");
    await expect(pinFile(file, { resolve })).rejects.toThrow("allowed: a map of service: image");
    await writeFile(file, "config:\n  smarteros:site:\n    images:\n      odoo: 18\n");
    await expect(pinFile(file, { resolve })).rejects.toThrow("images -> odoo: received 18");
    await writeFile(file, "config:\n  a: 1\n");
    expect(await pinFile(file, { resolve })).toBeUndefined();
    await writeFile(file, "config: [\n");
    await expect(pinFile(file, { resolve })).rejects.toThrow("is no YAML");
  });
});

describe("a private registry", () => {
  it("gets the password of docker login, at its token server", async () => {
    const closed = await fakeRegistry({ login: { username: "ana", password: "s:cret" } });
    try {
      closed.tags.set("acme/gateway:v1", digestOf("a"));
      await write(`      gateway: ${closed.host}/acme/gateway:v1\n`);
      const anonymous = await pinFile(file, { resolve });
      expect(anonymous?.[0]?.cause).toMatch(/answered 401 \(not allowed, or no such image\)/);
      const known = await pinFile(file, {
        resolve: { ...resolve, credentials: () => ({ username: "ana", password: "s:cret" }) },
      });
      expect(known?.[0]?.outcome).toBe("pinned");
    } finally {
      await closed.close();
    }
  });
});
