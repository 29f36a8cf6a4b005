import { buffer } from "node:stream/consumers";
import { extract } from "tar-stream";
import { expect, it } from "vitest";
import { goDuration } from "../../../../local-cloud/providers/docker/container/duration";
import { checkContainer } from "../../../../local-cloud/providers/docker/container/inputs";
import { sameSetting } from "../../../../local-cloud/providers/docker/container/live";
import { uploadsArchive } from "../../../../local-cloud/providers/docker/container/uploads";
import { demultiplex } from "../../../../local-cloud/providers/docker/container/wait";
import { engineOptions } from "../../../../local-cloud/providers/docker/client";
import { registryOf, repoDigest } from "../../../../local-cloud/providers/docker/image";
import { sshArguments } from "../../../../local-cloud/providers/docker/ssh-agent";
import { unknown } from "../../../../local-cloud/providers/provider";

it.each([
  ["0s", 0],
  ["1m30s", 90e9],
  ["1.5h", 5400e9],
  ["500ms", 5e8],
  ["5", undefined],
  ["1 m", undefined],
])("reads the duration %s", (text, expected) => expect(goDuration(text)).toBe(expected));

it("names each input that it does not implement, and each bad value, all at once", () => {
  const failures = checkContainer("docker:index/container:Container", {
    image: "x",
    gpus: "all",
    restart: "sometimes",
    networksAdvanced: [{ name: "n", macAddress: "m" }],
    uploads: [{ file: "/a", content: "a", source: "b", permissions: "rw" }, { file: "/b" }],
    healthcheck: { tests: ["CMD", "true"], interval: "5" },
  });
  expect(failures.map(({ property, reason }) => [property, reason.split(";")[0]])).toEqual([
    ["gpus", 'the stand-in for docker:index/container:Container does not implement "gpus"'],
    [
      "networksAdvanced[0].macAddress",
      'the stand-in for docker:index/container:Container does not implement "macAddress"',
    ],
    ["restart", 'received "sometimes"'],
    ["uploads[0]", "received content, source"],
    ["uploads[0].permissions", 'received "rw"'],
    ["uploads[1]", "received none"],
    ["healthcheck.interval", 'received "5"'],
  ]);
});

it("waits with its judgement for what a preview does not know yet", () => {
  expect(
    checkContainer("c", {
      image: unknown,
      restart: unknown,
      healthcheck: unknown,
      uploads: unknown,
      volumes: [unknown],
    }),
  ).toEqual([]);
});

it.each<[string, unknown, unknown, boolean]>([
  ["envs", ["A=1", "B=2"], ["B=2", "A=1"], true],
  ["command", ["a", "b"], ["b", "a"], false],
  ["healthcheck", { tests: ["CMD", "x"], interval: "60s" }, { tests: ["CMD", "x"], interval: "1m", retries: 0 }, true],
  ["readOnly", undefined, false, true],
  ["memory", 128, 129, false],
  ["networkMode", undefined, "bridge", true],
  ["restart", undefined, "no", true],
  ["uploads", [{ file: "/a", content: "1" }, { file: "/b" }], [{ file: "/b" }, { file: "/a", content: "1" }], true],
  ["uploads", [{ file: "/a", content: "1" }], [{ file: "/a", content: "2" }], false],
])("compares %s by what it means", (key, before, after, same) => expect(sameSetting(key, before, after)).toBe(same));

it("packs uploads with their permissions, below /", async () => {
  const archive = await uploadsArchive([
    { file: "/run/secrets/a.env", content: "A='ñ'\n", permissions: "0400" },
    { file: "/b", contentBase64: Buffer.from([0, 255]).toString("base64") },
    { file: "/c.sh", content: "#!/bin/sh", executable: true },
  ]);
  const found: unknown[] = [];
  const unpack = extract();
  unpack.end(archive);
  for await (const entry of unpack) {
    const { name, mode, uid } = entry.header;
    found.push([name, mode, uid, (await buffer(entry)).toString("hex")]);
  }
  const hex = (text: string) => Buffer.from(text).toString("hex");
  expect(found).toEqual([
    ["run/secrets/a.env", 0o400, 0, hex("A='ñ'\n")],
    ["b", 0o644, 0, "00ff"],
    ["c.sh", 0o744, 0, hex("#!/bin/sh")],
  ]);
});

it("reads both streams of a container's log", () => {
  const frame = (stream: number, text: string) =>
    Buffer.concat([Buffer.from([stream, 0, 0, 0, 0, 0, 0, Buffer.byteLength(text)]), Buffer.from(text)]);
  expect(demultiplex(Buffer.concat([frame(1, "out\n"), frame(2, "err ñ\n")]))).toBe("out\nerr ñ\n");
});

it("reaches an engine by ssh as Docker's own client does", () => {
  expect(sshArguments({ host: "127.10.0.2", user: "root", port: "2222" }, ["-i", "key"]).join(" ")).toBe(
    "-i key -l root -p 2222 -o ConnectTimeout=30 -T -- 127.10.0.2 docker system dial-stdio",
  );
});

it("knows the addresses that it can reach, and refuses others", () => {
  expect(engineOptions("unix:///run/docker.sock", [])).toEqual({ socketPath: "/run/docker.sock" });
  expect(engineOptions("tcp://127.0.0.1:2376", [])).toEqual({ protocol: "http", host: "127.0.0.1", port: "2376" });
  expect(() => engineOptions("npipe:////./pipe/docker", [])).toThrow(
    'docker host "npipe:////./pipe/docker"; allowed: ssh://, unix://, tcp://; fix: set "host"',
  );
});

it.each([
  ["redis:7", "registry-1.docker.io"],
  ["hashicorp/vault", "registry-1.docker.io"],
  ["registry.test:5000/a/b@sha256:0", "registry.test:5000"],
])("finds the registry of %s", (name, registry) => expect(registryOf(name)).toBe(registry));

it("tells the digest of the image's own repository", () => {
  const digests = ["mirror.test/redis@sha256:1", "registry.test:5000/redis@sha256:2"];
  expect(repoDigest("registry.test:5000/redis:7@sha256:2", digests)).toBe("registry.test:5000/redis@sha256:2");
  expect(repoDigest("built-here:1", [])).toBe("");
});
