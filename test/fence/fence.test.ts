import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { once } from "node:events";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  GetAccessKeyLastUsedCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writerPolicy } from "../../components/backup/policies";
import { activation, generationLayout } from "../../contracts/generation";
import type { FenceSpec } from "../../contracts/fence";
import { answersOf } from "../../fence/answers";
import { fence, FenceRefused } from "../../fence/fence";
import { deactivateWriters } from "../../fence/ways/writer-keys";
import { errorOf, region, root, startLocalS3, type Keys, type LocalS3 } from "../local-cloud/s3/local-s3";

const bucket = "fence-backups";
const domain = "smarterbot.cl";
/** Loopback addresses on which nothing of the local cloud is. */
const [silent, web] = ["127.33.0.1", "127.33.0.2"];

let store: LocalS3;
beforeAll(async () => {
  store = await startLocalS3();
  await store.client().send(new CreateBucketCommand({ Bucket: bucket }));
});
afterAll(() => store.close());

const spec = (change: Partial<FenceSpec> = {}): FenceSpec => ({
  domain,
  generation: 2,
  operator: "ana@laptop",
  addresses: [silent],
  bucket,
  aws: {
    region,
    s3Endpoint: store.s3Url,
    iamEndpoint: store.iamUrl,
    accessKey: root.accessKeyId,
    secretKey: root.secretAccessKey,
  },
  ...change,
});

/** A writer as the stacks make it. */
async function newWriter(generation: number, site = domain): Promise<Keys> {
  const iam = store.iam();
  const UserName = `backup-writer-g${generation}-${Math.random().toString(36).slice(2, 9)}`;
  const Tags = Object.entries({ owner: "smarteros", site }).map(([Key, Value]) => ({ Key, Value }));
  await iam.send(new CreateUserCommand({ UserName, Tags }));
  const PolicyDocument = JSON.stringify(writerPolicy(bucket, generation));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}
const put = (keys: Keys, generation: number) =>
  errorOf(store.client(keys).send(new PutObjectCommand({ Bucket: bucket, Key: `g${generation}/files/x`, Body: "x" })));

describe("the writers' keys", () => {
  it("of older generations of the site are turned off, and write nothing any more", async () => {
    const [old, own, others] = [await newWriter(1), await newWriter(2), await newWriter(1, "another.cl")];
    expect(await put(old, 1)).toBe("none");
    expect(await deactivateWriters(store.iam(), spec())).toMatchObject({
      outcome: "done",
      detail: `off: ${await nameOf(old)} (${old.accessKeyId})`,
    });
    expect(await put(old, 1)).not.toBe("none");
    expect(await put(own, 2)).toBe("none");
    expect(await put(others, 1)).toBe("none");
  });
  it("that are off already are left so", async () =>
    expect(await deactivateWriters(store.iam(), spec())).toMatchObject({
      detail: expect.stringMatching(/none with an active key/),
    }));
});
async function nameOf({ accessKeyId }: Keys): Promise<string> {
  return (await store.iam().send(new GetAccessKeyLastUsedCommand({ AccessKeyId: accessKeyId }))).UserName!;
}

describe("whether a site answers", () => {
  it("is told by its protocols, not by an open port", async () => {
    const mute = createServer((socket) => void socket.on("error", () => undefined)).listen(443, web);
    await once(mute, "listening");
    expect(await answersOf(web, domain, 0.5)).toEqual([]);
    mute.close();
  });
  it("is a TLS handshake, whatever the certificate", async () => {
    const server = createTlsServer({ cert: store.pki.caPem }).listen(443, "127.33.0.3");
    await once(server, "listening");
    // It has no key of its own: it answers with an alert.
    expect(await answersOf("127.33.0.3", domain, 2)).toEqual([{ address: "127.33.0.3", port: "https" }]);
    server.close();
  });
  it("is a banner of SSH, and a line of HTTP", async () => {
    const servers = [
      createServer((s) => void s.on("error", () => undefined).write("SSH-2.0-x\r\n")).listen(22, "127.33.0.4"),
      createServer(
        (s) => void s.on("error", () => undefined).once("data", () => s.end("HTTP/1.1 308 x\r\n\r\n")),
      ).listen(80, "127.33.0.4"),
    ];
    await Promise.all(servers.map((s) => once(s, "listening")));
    expect((await answersOf("127.33.0.4", domain, 2)).map(({ port }) => port)).toEqual(["ssh", "http"]);
    for (const server of servers) server.close();
  });
});

describe("the fence", () => {
  const activationOf = async (generation: number) => {
    const found = store
      .client()
      .send(new GetObjectCommand({ Bucket: bucket, Key: generationLayout(generation).active }));
    return found.then(
      async ({ Body }) => activation.parse(JSON.parse(await Body!.transformToString())),
      () => undefined,
    );
  };
  it("refuses while the old site serves, and nothing becomes active", async () => {
    const server = createServer(
      (s) => void s.on("error", () => undefined).once("data", () => s.end("HTTP/1.1 200 OK\r\n\r\n")),
    ).listen(80, "127.33.0.5");
    await once(server, "listening");
    const alive = spec({ addresses: ["127.33.0.5"] });
    const writer = await newWriter(1);
    await expect(fence(alive, store.pki.caPem)).rejects.toThrow(FenceRefused);
    expect(await activationOf(2)).toBeUndefined();
    // It is the only site there is: its backups go on.
    expect(await put(writer, 1)).toBe("none");
    const accepted = await fence({ ...alive, acceptSplitBrain: "the owner said so" }, store.pki.caPem);
    expect(accepted).toMatchObject({ verdict: "split-brain", accepted: { reason: "the owner said so" } });
    server.close();
  });
  it("decides quickly when it is dead, and makes the new generation the active one", async () => {
    const result = await fence(spec({ generation: 3 }), store.pki.caPem);
    expect(result).toMatchObject({ verdict: "dead", answeredAfter: [] });
    expect(result.seconds).toBeLessThan(20);
    expect(await activationOf(3)).toMatchObject({ generation: 3, activatedBy: "ana@laptop" });
  });
  it("that was decided stands, when a killed run is repeated", async () => {
    const before = await activationOf(3);
    await fence(spec({ generation: 3 }), store.pki.caPem);
    expect(await activationOf(3)).toEqual(before);
  });
});
