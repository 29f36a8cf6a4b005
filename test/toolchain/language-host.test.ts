import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/language_pb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { repoRoot } from "../../toolchain/paths";
import { engineVersion } from "../../toolchain/versions";

const sdkRequire = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const { Struct } = sdkRequire("google-protobuf/google/protobuf/struct_pb");
const { Empty } = sdkRequire("google-protobuf/google/protobuf/empty_pb");

/** Stands for the SDK's entry points: shows what it was started with, then does what the program's name says. */
const entryPoint = (name: string) => `
const marker = process.env.PRELOADED ?? "";
console.log(JSON.stringify({ name: "${name}", args: process.argv.slice(2), config: process.env.PULUMI_CONFIG, marker, extra: process.env.EXTRA }));
const program = process.argv.slice(2).join(" ");
if (program.includes("forever")) setInterval(() => {}, 1000);
else process.exitCode = program.includes("bail") ? 32 : program.includes("fail") ? 3 : 0;
`;

let folder: string;
let engine: grpc.Server;
let host: ChildProcess;
let client: LanguageRuntimeClient;
let output: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "language-host-"));
  const write = (file: string, text: string) => {
    mkdirSync(join(folder, file, ".."), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const name of ["run", "run-plugin", "run-policy-pack"]) {
    write(`node_modules/@pulumi/pulumi/cmd/${name}/index.js`, entryPoint(name));
  }
  write(
    "node_modules/@pulumi/hcloud/package.json",
    `{"name":"@pulumi/hcloud","version":"0.0.1","pulumi":{"resource":true,"version":"1.2.3"}}`,
  );
  write("node_modules/other/package.json", `{"name":"other","version":"1.0.0"}`);
  write("preload.cjs", `process.env.PRELOADED = "yes";`);

  engine = new grpc.Server();
  const port = await new Promise<number>((resolve, reject) =>
    engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const executable = join(repoRoot(), "toolchain", "language-host", "bin", "pulumi-language-nodejs");
  host = spawn(executable, [`127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "inherit"] });
  const [first] = (await once(host.stdout!, "data")) as [Buffer];
  output = "";
  host.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
  client = new LanguageRuntimeClient(`127.0.0.1:${first.toString().trim()}`, grpc.credentials.createInsecure());
});

afterEach(() => {
  client.close();
  host.kill("SIGKILL");
  engine.forceShutdown();
  rmSync(folder, { recursive: true, force: true });
});

const call = <Q, R>(
  method: (request: Q, callback: (error: grpc.ServiceError | null, response: R) => void) => unknown,
  request: Q,
) =>
  new Promise<R>((resolve, reject) =>
    method.call(client, request, (error, response) => (error ? reject(error) : resolve(response))),
  );

const programInfo = (entry: string, options: Record<string, unknown> = {}) =>
  new messages.ProgramInfo()
    .setRootDirectory(folder)
    .setProgramDirectory(folder)
    .setEntryPoint(entry)
    .setOptions(Struct.fromJavaScript(options));

const run = (entry: string, options?: Record<string, unknown>) => {
  const request = new messages.RunRequest()
    .setProject("shop")
    .setStack("recovery")
    .setPwd(folder)
    .setParallel(4)
    .setDryrun(true)
    .setMonitorAddress("127.0.0.1:9")
    .setInfo(programInfo(entry, options));
  request.getConfigMap().set("shop:size", "3");
  return call<messages.RunRequest, messages.RunResponse>(client.run, request);
};

/** What the program was started with; its output is the host's own, so it may come just after the response. */
const shown = async () => {
  while (!output.includes("\n")) await once(host.stdout!, "data");
  return JSON.parse(output.slice(0, output.indexOf("\n"))) as {
    name: string;
    args: string[];
    config: string;
    marker: string;
  };
};

describe("the language host", () => {
  it("answers the engine's first questions", async () => {
    await call(client.handshake, new messages.LanguageHandshakeRequest().setEngineAddress("127.0.0.1:1"));
    const info = await call<unknown, { getVersion(): string }>(client.getPluginInfo as never, new Empty());
    expect(info.getVersion()).toBe(engineVersion());
    const about = await call<messages.AboutRequest, messages.AboutResponse>(client.about, new messages.AboutRequest());
    expect(about.getVersion()).toBe(process.version);
  });

  it("names the plugins that the installed SDKs need", async () => {
    const request = new messages.GetRequiredPackagesRequest().setInfo(programInfo("index.ts"));
    const response = await call<typeof request, messages.GetRequiredPackagesResponse>(
      client.getRequiredPackages,
      request,
    );
    expect(response.getPackagesList().map((one) => [one.getKind(), one.getName(), one.getVersion()])).toEqual([
      ["resource", "hcloud", "v1.2.3"],
    ]);
  });

  it("runs a program with the SDK's entry point, its config and nodeargs", async () => {
    const response = await run("index.ts", { nodeargs: "--require=./preload.cjs", typescript: false });
    expect([response.getError(), response.getBail()]).toEqual(["", false]);
    const { name, args, config, marker } = await shown();
    expect([name, marker]).toEqual(["run", "yes"]);
    expect(JSON.parse(config)).toEqual({ "shop:size": "3" });
    expect(args.join(" ")).toMatch(
      /^--monitor 127.0.0.1:9 --engine 127.0.0.1:\d+ --project shop --root-directory \S+ --stack recovery --pwd \S+ --parallel 4 --dry-run index.ts$/,
    );
  });

  it("says nothing more when the program has shown its error itself", async () => {
    const response = await run("bail.ts");
    expect([response.getError(), response.getBail()]).toEqual(["", true]);
  });

  it("gives any other exit code", async () => {
    const response = await run("fail.ts");
    expect([response.getError(), response.getBail()]).toEqual(["Program exited with non-zero exit code: 3", false]);
  });

  it("refuses nodeargs that are no text, and says what is allowed", () =>
    expect(run("index.ts", { nodeargs: ["--import=tsx"] })).rejects.toThrow(
      /runtime.options.nodeargs: received \["--import=tsx"\]; allowed: a string/,
    ));

  it.each([
    { kind: "analyzer", name: "run-policy-pack", args: (directory: string) => ["127.0.0.1:7", directory] },
    { kind: "resource", name: "run-plugin", args: (directory: string) => [directory, "127.0.0.1:7"] },
  ])("runs a plugin of kind $kind and streams its output and exit code", async ({ kind, name, args }) => {
    const request = new messages.RunPluginRequest()
      .setPwd(folder)
      .setKind(kind)
      .setArgsList(["127.0.0.1:7"])
      .setEnvList(["EXTRA=a=b"])
      .setInfo(programInfo("."));
    const stream = client.runPlugin(request);
    let stdout = "";
    let exitCode: number | undefined;
    stream.on("data", (response: messages.RunPluginResponse) => {
      if (response.hasStdout()) stdout += Buffer.from(response.getStdout_asU8()).toString();
      if (response.hasExitcode()) exitCode = response.getExitcode();
    });
    await once(stream, "end");
    expect(JSON.parse(stdout)).toMatchObject({ name, args: args(folder), extra: "a=b" });
    expect(exitCode).toBe(0);
  });

  it("says so when it does not serve something", () =>
    expect(call(client.generateProgram, new messages.GenerateProgramRequest())).rejects.toMatchObject({
      code: grpc.status.UNIMPLEMENTED,
    }));

  it("ends, and its program with it, when the engine is gone", async () => {
    const running = run("forever.ts");
    await shown();
    const ended = once(host, "exit");
    engine.forceShutdown();
    await expect(running).rejects.toMatchObject({ code: grpc.status.UNAVAILABLE });
    expect(await ended).toEqual([0, null]);
  });
});
