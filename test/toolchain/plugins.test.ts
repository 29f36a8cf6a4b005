import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ensurePlugins, inspectPlugin, pluginsIn, standInScript } from "../../toolchain/plugins";
import { pluginNames, pluginVersion, type PluginName } from "../../toolchain/versions";

let folder: string;
let pulumiHome: string;
let given: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plugins-"));
  pulumiHome = join(folder, "home");
  given = join(folder, "given");
  mkdirSync(given);
  vi.stubEnv("SMARTEROS_CACHE", join(folder, "cache"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const log = () => undefined;
const executable = (file: string) => {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
};
const installed = (name: PluginName) =>
  join(pulumiHome, "plugins", `resource-${name}-v${pluginVersion(name)}`, `pulumi-resource-${name}`);

describe("plugins from a folder", () => {
  it("are linked, whether they lie there alone or in a folder with their version", async () => {
    const alone = executable(join(given, "pulumi-resource-hcloud"));
    const inFolder = executable(join(given, `resource-aws-v${pluginVersion("aws")}`, "pulumi-resource-aws"));
    const used = await ensurePlugins({ pulumiHome, from: given, download: false, log });
    expect(used).toEqual({
      hcloud: "real",
      cloudflare: "stand-in",
      aws: "real",
      docker: "stand-in",
      command: "stand-in",
    });
    expect(realpathSync(installed("hcloud"))).toBe(realpathSync(alone));
    expect(realpathSync(installed("aws"))).toBe(realpathSync(inFolder));
  });

  it("do not outlive the run that named the folder", async () => {
    executable(join(given, "pulumi-resource-hcloud"));
    await ensurePlugins({ pulumiHome, from: given, download: false, log });
    expect(await inspectPlugin(pulumiHome, "hcloud")).toEqual({ kind: "real", source: given });
    await ensurePlugins({ pulumiHome, download: false, log });
    expect(await inspectPlugin(pulumiHome, "hcloud")).toEqual({ kind: "stand-in", source: "stand-in" });
  });

  it("must be of the version that the SDK asks for", async () => {
    executable(join(given, "resource-docker-v1.0.0", "pulumi-resource-docker"));
    await expect(pluginsIn(given)).rejects.toThrow(
      `holds resource-docker-v1.0.0; allowed: resource-docker-v${pluginVersion("docker")}; fix: put that version there`,
    );
  });

  it("must be executable", async () => {
    writeFileSync(join(given, "pulumi-resource-docker"), "");
    await expect(pluginsIn(given)).rejects.toThrow(
      "pulumi-resource-docker is missing or not executable; fix: chmod +x",
    );
  });

  it("must be there", async () => {
    await expect(pluginsIn(given)).rejects.toThrow(
      /holds no plugin; allowed: pulumi-resource-hcloud or resource-hcloud-v/,
    );
    await expect(pluginsIn(join(folder, "nowhere"))).rejects.toThrow("ENOENT; fix: give a folder that can be read");
  });
});

describe("plugins without a folder", () => {
  it("that the engine installed are kept", async () => {
    executable(installed("command"));
    expect(await ensurePlugins({ pulumiHome, download: false, log })).toMatchObject({ command: "real" });
    expect(await inspectPlugin(pulumiHome, "command")).toEqual({ kind: "real", source: "engine" });
  });

  it("are stand-ins that print their port, from any working directory", async () => {
    await ensurePlugins({ pulumiHome, download: false, log });
    for (const name of pluginNames) {
      const child = spawn(installed(name), ["127.0.0.1:1"], { cwd: "/", stdio: ["ignore", "pipe", "inherit"] });
      try {
        const [output] = (await once(child.stdout, "data")) as [Buffer];
        expect(output.toString()).toMatch(/^\d+\n$/);
      } finally {
        child.kill("SIGKILL");
      }
    }
  });

  it("that have not changed are left alone, so that a running engine finds them at any time", async () => {
    await ensurePlugins({ pulumiHome, download: false, log });
    const before = statSync(installed("hcloud")).ino;
    await Promise.all([
      ensurePlugins({ pulumiHome, download: false, log }),
      ensurePlugins({ pulumiHome, download: false, log }),
    ]);
    expect(statSync(installed("hcloud")).ino).toBe(before);
  });

  it("are not there before anything was installed", async () =>
    expect(await inspectPlugin(pulumiHome, "aws")).toBeUndefined());
});

it("a stand-in's script survives blanks and quotes in paths", () =>
  expect(standInScript("aws", "/home/o'brien/my files/stand-in.cjs")).toContain(
    `'/home/o'\\''brien/my files/stand-in.cjs' "$@"`,
  ));
