"use strict";
/**
 * Language host for Node.js programs: the gRPC service `pulumirpc.LanguageRuntime` that the engine starts as `pulumi-language-nodejs`
 * and talks to. It is used only where the official one cannot be had; Pulumi.yaml is the same for both.
 *
 * Plain JavaScript, as the engine starts it on every command and a compile step would be paid each time.
 * Not served (the client gets UNIMPLEMENTED): code generation, `pulumi install`, synchronous invokes (`--sync`), debugger attachment.
 */
const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const grpc = require("@grpc/grpc-js");
const services = require("@pulumi/pulumi/proto/language_grpc_pb");
const messages = require("@pulumi/pulumi/proto/language_pb");
const plugins = require("@pulumi/pulumi/proto/plugin_pb");
const { programCommand, pluginCommand } = require("./commands");
const { requiredPlugins } = require("./packages");

// Messages are checked by instanceof: the SDK's own copy of protobuf is the one that counts.
const { Empty } = createRequire(require.resolve("@pulumi/pulumi/package.json"))(
  "google-protobuf/google/protobuf/empty_pb",
);

const { version } = require("@pulumi/pulumi/package.json");

/** Exit code of @pulumi/pulumi/cmd/run once it has shown the error itself: the engine must add nothing. */
const BAIL = 32;

/** The engine's own limit (400 MiB), so that no message it sends is refused here. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Programs and plugins that run now; they end with the host. */
const children = new Set();

/** Starts a command; `close` of the result comes after all its output. */
function start({ args, cwd, env }, stdio) {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio });
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** Turns a handler that returns (or promises) its response into a gRPC unary handler. */
const unary = (handler) => (call, callback) => {
  Promise.resolve(call.request)
    .then(handler)
    .then(
      (response) => callback(null, response),
      (error) => callback({ code: grpc.status.UNKNOWN, message: error.message }),
    );
};

/** Runs a program to its end. Its output goes to the engine by this process' own. */
function run(request, engineAddress) {
  const child = start(programCommand(request, engineAddress), ["ignore", "inherit", "inherit"]);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const response = new messages.RunResponse();
      if (code === BAIL) response.setBail(true);
      else if (signal) response.setError(`Program was ended by ${signal}`);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
      resolve(response);
    });
  });
}

/** Runs a plugin and streams its output, then its exit code. The engine cancels the call to stop it. */
function runPlugin(call) {
  let child;
  try {
    child = start(pluginCommand(call.request), ["ignore", "pipe", "pipe"]);
  } catch (error) {
    call.destroy({ code: grpc.status.UNKNOWN, message: error.message });
    return;
  }
  const send = (set) => {
    if (call.cancelled) return;
    const response = new messages.RunPluginResponse();
    set(response);
    call.write(response);
  };
  child.stdout.on("data", (chunk) => send((response) => response.setStdout(chunk)));
  child.stderr.on("data", (chunk) => send((response) => response.setStderr(chunk)));
  child.once("error", (error) => call.destroy({ code: grpc.status.UNKNOWN, message: error.message }));
  child.once("close", (code) => {
    send((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.once("cancelled", () => child.kill());
}

function getRequiredPackages(request) {
  const response = new messages.GetRequiredPackagesResponse();
  for (const { name, version, server } of requiredPlugins(request.getInfo().getProgramDirectory())) {
    const dependency = new plugins.PackageDependency();
    dependency.setName(name);
    dependency.setKind("resource");
    dependency.setVersion(version);
    dependency.setServer(server);
    response.addPackages(dependency);
  }
  return response;
}

function about() {
  const response = new messages.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  return response;
}

function pluginInfo() {
  const info = new plugins.PluginInfo();
  info.setVersion(version);
  return info;
}

/** Ends the host, and what it started, when the engine is gone: the connection to it then leaves READY. */
function endWithEngine(address, onGone) {
  const channel = new grpc.Channel(address, grpc.credentials.createInsecure(), {
    "grpc.client_idle_timeout_ms": 2 ** 31 - 1,
  });
  const { READY } = grpc.connectivityState;
  const watch = () => {
    const state = channel.getConnectivityState(true);
    channel.watchConnectivityState(state, Infinity, () => (state === READY ? onGone() : watch()));
  };
  watch();
}

/**
 * Serves until the engine kills it or is gone.
 * @param {string[]} args flags of the engine (of which none is needed), then its address
 */
function main(args) {
  const engineAddress = args.filter((arg) => !arg.startsWith("-")).pop() ?? "";
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  const stop = () => {
    for (const child of children) child.kill();
    process.exit(0);
  };
  server.addService(services.LanguageRuntimeService, {
    handshake: unary(() => new messages.LanguageHandshakeResponse()),
    getPluginInfo: unary(pluginInfo),
    about: unary(about),
    getRequiredPackages: unary(getRequiredPackages),
    runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
    run: unary((request) => run(request, engineAddress)),
    runPlugin,
    cancel: unary(() => {
      for (const child of children) child.kill("SIGINT");
      return new Empty();
    }),
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`pulumi-language-nodejs: cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
    if (engineAddress) endWithEngine(engineAddress, stop);
  });
}

module.exports = { main };
