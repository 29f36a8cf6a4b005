import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { guardPolicy } from "../../components/backup/policies";
import { generationLayout } from "../../contracts/generation";
import { guardConfig, guardFiles, type GuardConfig } from "../../contracts/guard";
import { next, type Permission } from "../../images/agent/src/guard/decide";
import { guard } from "../../images/agent/src/guard/guard";
import { logTo } from "../../images/agent/src/log";
import { region, startLocalS3, type LocalS3 } from "../local-cloud/s3/local-s3";

describe("what the guard lets services do", () => {
  const waiting: Permission = { state: "waiting" };
  const open: Permission = { state: "open", proved: true };
  const down: Permission = { state: "down", why: "generation 2 is active since 03:00" };
  const replaced = { kind: "replaced", by: 2, since: "03:00" } as const;

  it("is to start, when S3 knows no newer generation; one that was down comes back", () => {
    for (const now of [waiting, open, down]) expect(next(now, { kind: "newest" }, "wait")).toEqual(open);
  });
  it("is to stop, when S3 knows one", () => {
    for (const now of [waiting, open, down]) expect(next(now, replaced, "start")).toEqual(down);
  });
  it("stays what it was while S3 does not answer: no start at a boot, no stop of what runs", () => {
    for (const now of [waiting, open, down]) expect(next(now, undefined, "wait")).toEqual(now);
  });
  it("is to start without S3 only where that is configured, and not once it is known to be replaced", () => {
    expect(next(waiting, undefined, "start")).toEqual({ state: "open", proved: false });
    expect(next(down, undefined, "start")).toEqual(down);
  });
});

describe("the guard of a host", () => {
  const bucket = "guard-backups";
  let store: LocalS3;
  let secrets: string;
  let folder: string;
  let stop: AbortController;
  let ended: Promise<void>;
  let lines: string[];

  beforeAll(async () => {
    store = await startLocalS3();
    await store.client().send(new CreateBucketCommand({ Bucket: bucket }));
    const UserName = "backup-guard-g1-x";
    await store.iam().send(new CreateUserCommand({ UserName }));
    const PolicyDocument = JSON.stringify(guardPolicy(bucket));
    await store.iam().send(new PutUserPolicyCommand({ UserName, PolicyName: "p", PolicyDocument }));
    const { AccessKey } = await store.iam().send(new CreateAccessKeyCommand({ UserName }));
    secrets = JSON.stringify({ s3AccessKey: AccessKey!.AccessKeyId, s3SecretKey: AccessKey!.SecretAccessKey });
  });
  afterAll(() => store.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "guard-"));
    lines = [];
  });
  afterEach(async () => {
    stop.abort();
    await ended;
    rmSync(folder, { recursive: true });
  });

  const begin = (generation: number, change: Partial<GuardConfig> = {}, port = store.port) => {
    const s3 = { host: "localhost", port, region, bucket, uriStyle: "path" as const, caPem: store.pki.caPem };
    const config = guardConfig.parse({ generation, s3, askSeconds: 0.2, withoutS3: "wait", ...change });
    const [configFile, secretsFile] = [join(folder, "guard.json"), join(folder, "secrets.json")];
    writeFileSync(configFile, JSON.stringify(config));
    writeFileSync(secretsFile, secrets);
    stop = new AbortController();
    const stream = { write: (line: string) => lines.push(line) } as unknown as NodeJS.WritableStream;
    ended = guard({ configFile, secretsFile, folder }, logTo(stream), stop.signal);
  };
  const file = (name: keyof typeof guardFiles) => join(folder, guardFiles[name]);
  const beats = async () => {
    await vi.waitFor(() => expect(existsSync(file("beat"))).toBe(true), 5_000);
    const first = readFileSync(file("beat"), "utf8");
    await vi.waitFor(() => expect(readFileSync(file("beat"), "utf8")).not.toBe(first), 5_000);
  };
  const put = (Key: string) => store.client().send(new PutObjectCommand({ Bucket: bucket, Key, Body: "{}" }));

  it("beats while this generation is the newest, also while another is only claimed; stops when that is active", async () => {
    writeFileSync(file("down"), "of an earlier life\n");
    await put("g1/files/config");
    begin(1);
    await beats();
    expect(existsSync(file("down"))).toBe(false);
    await put(generationLayout(2).claim);
    await beats();
    await put(generationLayout(2).active);
    await vi.waitFor(
      () => expect(readFileSync(file("down"), "utf8")).toMatch(/^generation 2 is active since 20\d\d-/),
      5_000,
    );
    expect(existsSync(file("beat"))).toBe(false);
  });
  it("stays down after a boot, and takes away what an earlier boot left", async () => {
    writeFileSync(file("beat"), "of an earlier boot\n");
    begin(1);
    await vi.waitFor(() => expect(existsSync(file("down"))).toBe(true), 5_000);
    expect(existsSync(file("beat"))).toBe(false);
  });
  it("lets the newest start although older ones were active", async () => {
    begin(3);
    await beats();
  });
  it("lets nothing start while S3 does not answer, and says so each time", async () => {
    begin(3, {}, 9);
    await vi.waitFor(() => expect(lines.join("")).toMatch(/"level":"error","event":"guard-cannot-ask"/), 10_000);
    expect(existsSync(file("beat"))).toBe(false);
  });
  it("starts without S3 where it may, and says that it is not proved", async () => {
    begin(3, { withoutS3: "start" }, 9);
    await beats();
    expect(lines.join("")).toMatch(/"event":"guard-open","state":"open","proved":false/);
  });
});
