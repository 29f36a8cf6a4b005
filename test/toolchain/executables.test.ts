import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { executableKey, executablePath, goExecutables, moduleFolder } from "../../toolchain/executables";
import { paths } from "../../toolchain/paths";
import { engineVersion } from "../../toolchain/versions";

const inputs = { goMod: "module a", goSum: "h1:abc", goVersion: "go1.26.8", flags: ["-trimpath", "-ldflags"] };

describe("the key of a compiled program", () => {
  it("is the same for the same inputs", () => expect(executableKey(inputs)).toBe(executableKey({ ...inputs })));

  it.each([
    { ...inputs, goMod: "module b" },
    { ...inputs, goSum: "h1:abd" },
    { ...inputs, goVersion: "go1.26.9" },
    { ...inputs, flags: ["-trimpath"] },
  ])("changes with each of them", (other) => expect(executableKey(other)).not.toBe(executableKey(inputs)));

  it("does not depend on where one input ends and the next begins", () => {
    const moved = { ...inputs, goMod: "module ah1", goSum: ":abc" };
    expect(executableKey(moved)).not.toBe(executableKey({ ...inputs, goMod: "module a", goSum: "h1:abc" }));
  });

  it("names the folder of the program in the cache", async () => {
    const path = await executablePath(goExecutables.versitygw);
    expect(basename(path)).toBe("versitygw");
    expect(dirname(dirname(path))).toBe(paths.bin());
    expect(basename(dirname(path))).toMatch(/^versitygw-[0-9a-f]{16}$/);
  });
});

describe.each(Object.values(goExecutables))("toolchain/go/$name", (executable) => {
  const read = (file: string) => readFileSync(join(moduleFolder(executable), file), "utf8");

  it("imports the package that is compiled, so that its pins are kept", () =>
    expect(read("tools.go")).toContain(`import _ "${executable.package}"`));

  it("pins every module by hash", () => {
    const required = [...read("go.mod").matchAll(/^\s*(?:require )?(\S+\.\S+) (v\S+)/gm)].map(
      ([, name, version]) => `${name} ${version}`,
    );
    const sums = read("go.sum");
    expect(required.length).toBeGreaterThan(50);
    expect(
      required.filter((module) => !sums.includes(`${module}/go.mod h1:`) && !replaced(read("go.mod"), module)),
    ).toEqual([]);
  });
});

const replaced = (goMod: string, module: string) => goMod.includes(`replace ${module.split(" ")[0]} =>`);

it("pins the engine to the version of the installed SDK", () => {
  const goMod = readFileSync(join(moduleFolder(goExecutables.pulumi), "go.mod"), "utf8");
  expect(goMod).toContain(`github.com/pulumi/pulumi/pkg/v3 v${engineVersion()}`);
  expect(goMod).toContain(`github.com/pulumi/pulumi/sdk/v3 v${engineVersion()}`);
});
