import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { ensureToolchain } from "../../../toolchain/ensure";
import { pinFile } from "../../../toolchain/images-pin/pin";

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** Pushes an image of no layers. @returns its digest */
async function push(origin: string, repository: string, tag: string): Promise<string> {
  const blob = JSON.stringify({
    architecture: "amd64",
    os: "linux",
    rootfs: { type: "layers", diff_ids: [] },
    config: {},
  });
  const upload = await fetch(`${origin}/v2/${repository}/blobs/uploads/`, { method: "POST" });
  const location = new URL(upload.headers.get("location")!, origin);
  location.searchParams.set("digest", sha256(blob));
  const headers = { "content-type": "application/octet-stream" };
  expect((await fetch(location, { method: "PUT", headers, body: blob })).status).toBe(201);
  const type = "application/vnd.docker.distribution.manifest.v2+json";
  const config = {
    mediaType: "application/vnd.docker.container.image.v1+json",
    size: blob.length,
    digest: sha256(blob),
  };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [] });
  const put = await fetch(`${origin}/v2/${repository}/manifests/${tag}`, {
    method: "PUT",
    headers: { "content-type": type },
    body: manifest,
  });
  expect(put.status).toBe(201);
  return sha256(manifest);
}

it("pins an image at a real registry", { timeout: 30_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "real-registry-"));
  const host = `127.0.0.1:${await freePort()}`;
  const settings = join(folder, "registry.yml");
  await writeFile(
    settings,
    `version: 0.1\nstorage: { filesystem: { rootdirectory: ${folder}/data } }\nhttp: { addr: "${host}" }\n`,
  );
  const { dockerRegistry } = await ensureToolchain({ want: ["debian"] });
  const registry = execa(dockerRegistry, ["serve", settings], { reject: false, stdio: "ignore" });
  try {
    await expect
      .poll(
        () =>
          fetch(`http://${host}/v2/`).then(
            (answer) => answer.status,
            () => 0,
          ),
        { timeout: 15_000 },
      )
      .toBe(200);
    const digest = await push(`http://${host}`, "acme/gateway", "v1");
    const file = join(folder, "Pulumi.test.yaml");
    await writeFile(
      file,
      `config:\n  smarteros:site:\n    images:\n      gateway: ${host}/acme/gateway:v1\n      gone: ${host}/acme/gateway:v2\n`,
    );
    const pinned = await pinFile(file, { resolve: { credentials: () => undefined } });
    expect(pinned?.map((image) => image.outcome)).toEqual(["pinned", "unresolved"]);
    expect(await readFile(file, "utf8")).toContain(`gateway:v1@${digest}`);
  } finally {
    registry.kill();
    await registry;
    await rm(folder, { recursive: true });
  }
});
