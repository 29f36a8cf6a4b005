import { expect, it } from "vitest";
import { checkConnection } from "../../../../local-cloud/providers/command/connection";
import { failure, Output } from "../../../../local-cloud/providers/command/run";

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFHCCPX5GyvDOTGbCB+XMlf7nTGyPZKQ9rXdvMyYz0Rp";

function recorder(logging?: string) {
  const lines: string[] = [];
  return { lines, output: new Output({ log: (_severity, line) => lines.push(line) }, logging) };
}

it("shows whole lines as they come, and keeps everything but the last line break", () => {
  const { lines, output } = recorder();
  output.write("stdout", Buffer.from("one\ntw"));
  output.write("stderr", Buffer.from("oops\n"));
  expect(lines).toEqual(["one", "oops"]);
  output.write("stdout", Buffer.from("o\n\nend"));
  expect(output.finish()).toEqual({ stdout: "one\ntwo\n\nend", stderr: "oops" });
  expect(lines).toEqual(["one", "oops", "two", "", "end"]);
});

it.each([
  ["none", []],
  ["stdout", ["out"]],
  ["stderr", ["err"]],
])("shows what logging %s permits", (logging, expected) => {
  const { lines, output } = recorder(logging);
  output.write("stdout", Buffer.from("out\n"));
  output.write("stderr", Buffer.from("err\n"));
  expect(lines).toEqual(expected);
});

it("keeps a character whole that came in two parts", () => {
  const { lines, output } = recorder();
  const bytes = Buffer.from("ñ\n");
  output.write("stdout", bytes.subarray(0, 1));
  output.write("stdout", bytes.subarray(1));
  expect(output.finish().stdout).toBe("ñ");
  expect(lines).toEqual(["ñ"]);
});

it("tells a failure with the command line and both streams in their order", () => {
  const { output } = recorder("none");
  output.write("stdout", Buffer.from("a\n"));
  output.write("stderr", Buffer.from("b\n"));
  const run = {
    command: 'do "it"',
    environment: {},
    offered: {},
    stdin: "secret",
    output,
    signal: new AbortController().signal,
  };
  expect(failure(run, "Process exited with status 3").message).toBe(
    'Process exited with status 3: running "do \\"it\\"":\na\nb\n',
  );
});

it("fills in the real plugin's defaults", () => {
  expect(checkConnection({ host: "h", hostKey: key })).toEqual({
    connection: { host: "h", hostKey: key, port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 },
    failures: [],
  });
});

it("names what it cannot do: a proxy, a host key that is none, no host", () => {
  const { failures } = checkConnection({ proxy: { host: "x" }, hostKey: "SHA256:abc" });
  expect(failures.map(({ property, reason }) => [property, reason.split(";")[0]])).toEqual([
    ["connection.proxy", 'the stand-in for connection does not implement "proxy"'],
    ["connection.host", "is missing"],
    ["connection.hostKey", 'received "SHA256:abc"'],
  ]);
});
