import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensurePki, type Pki } from "../../../local-cloud/pki";
import { startRegistry, type Registry } from "../../../local-cloud/registry";
import { ensureToolchain } from "../../../toolchain/ensure";

let dir: string;
let pki: Pki;
let registry: Registry;

const start = async () => {
  const { dockerRegistry } = await ensureToolchain({ want: ["debian"] });
  return startRegistry({
    dir: join(dir, "registry"),
    dockerRegistry,
    hostnames: ["127.0.0.1", "127.10.0.1"],
    port: 0,
    pki,
  });
};

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "registry-"));
  pki = await ensurePki(join(dir, "pki"));
  registry = await start();
}, 600_000);

afterAll(async () => {
  await registry?.close();
  await rm(dir, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly body: Buffer;
}

/** One request over TLS, to either address. */
const ask = (method: string, path: string, body?: Buffer, host = "127.0.0.1", type = "application/octet-stream") =>
  new Promise<Answer>((resolve, reject) => {
    const headers = body ? { "content-length": body.length, "content-type": type } : {};
    const sent = request({ host, port: registry.port, ca: pki.caPem, method, path, headers }, (response) => {
      const { statusCode = 0, headers } = response;
      buffer(response).then((body) => resolve({ status: statusCode, location: headers.location ?? "", body }), reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });

const sha256 = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

/** Pushes a blob as Docker does, following the Location that the registry gives. */
async function pushBlob(bytes: Buffer): Promise<string> {
  const digest = sha256(bytes);
  const { location } = await ask("POST", "/v2/smarteros/app/blobs/uploads/");
  const upload = new URL(location, "https://any");
  upload.searchParams.set("digest", digest);
  const { status } = await ask("PUT", `${upload.pathname}${upload.search}`, bytes);
  expect(status).toBe(201);
  return digest;
}

it(
  "takes an image and gives it back by its digest, on every address, also after a restart",
  { timeout: 60_000 },
  async () => {
    const layer = randomBytes(8 * 1024 * 1024);
    const config = Buffer.from("{}");
    const mediaType = "application/vnd.docker.distribution.manifest.v2+json";
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType,
        config: {
          mediaType: "application/vnd.docker.container.image.v1+json",
          size: config.length,
          digest: await pushBlob(config),
        },
        layers: [
          {
            mediaType: "application/vnd.docker.image.rootfs.diff.tar.gzip",
            size: layer.length,
            digest: await pushBlob(layer),
          },
        ],
      }),
    );
    expect((await ask("PUT", "/v2/smarteros/app/manifests/1.0", manifest, "127.0.0.1", mediaType)).status).toBe(201);

    await registry.close();
    registry = await start();
    const pulled = await ask("GET", `/v2/smarteros/app/blobs/${sha256(layer)}`, undefined, "127.10.0.1");
    expect([pulled.status, sha256(pulled.body)]).toEqual([200, sha256(layer)]);
    expect((await ask("GET", `/v2/smarteros/app/manifests/${sha256(manifest)}`)).status).toBe(200);
  },
);

it("gives locations that hold behind TLS", async () => {
  const { status, location } = await ask("POST", "/v2/smarteros/app/blobs/uploads/");
  expect([status, location]).toEqual([202, expect.stringMatching(/^\/v2\//)]);
});
