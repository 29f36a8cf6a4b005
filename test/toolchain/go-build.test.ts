import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goExecutables } from "../../toolchain/executables";
import { withGoBuilds } from "../../toolchain/go-build";
import { paths } from "../../toolchain/paths";

/** Stands for the Go tool: notes each call, and "compiles" by writing the file named after -o. */
const fakeGo = (folder: string, compile: string) => `#!/bin/sh
echo "$1" >> '${folder}/calls'
case "$1" in
  env) echo go1.26.8 ;;
  list) printf 'a\\nb\\n' ;;
  build) mkdir -p "$GOCACHE"; while [ "$1" != -o ]; do shift; done
    ${compile} ;;
esac
`;

let folder: string;
const lines: string[] = [];
const log = (line: string) => void lines.push(line);
const installGo = (compile: string) => {
  const file = join(folder, "path", "go");
  writeFileSync(file, fakeGo(folder, compile));
  chmodSync(file, 0o755);
};
const builds = () =>
  readFileSync(join(folder, "calls"), "utf8")
    .split("\n")
    .filter((call) => call === "build").length;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "go-build-"));
  mkdirSync(join(folder, "path"));
  vi.stubEnv("PATH", `${join(folder, "path")}:${process.env["PATH"]}`);
  vi.stubEnv("SMARTEROS_CACHE", join(folder, "cache"));
  lines.length = 0;
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const ensureVault = () => withGoBuilds(log, (ensure) => ensure(goExecutables.vault));

describe("compiled programs", () => {
  it("are compiled once, then found; the compiler's cache does not stay", async () => {
    installGo('echo program > "$2"; chmod +x "$2"; echo some/package >&2');
    const path = await ensureVault();
    expect(readFileSync(path, "utf8")).toBe("program\n");
    expect(await ensureVault()).toBe(path);
    expect(builds()).toBe(1);
    expect(existsSync(join(folder, "cache", "go-build-cache"))).toBe(false);
    expect(lines[0]).toMatch(/^compile vault from Go modules -> .* \(about \d+ min\) \.\.\.$/);
  });

  it("are compiled once even when two want them at the same time", async () => {
    installGo('sleep 0.5; echo program > "$2"; chmod +x "$2"');
    const [one, other] = await Promise.all([ensureVault(), ensureVault()]);
    expect(one).toBe(other);
    expect(builds()).toBe(1);
    expect(lines).toContain('another process holds the lock "go-builds": waiting for it');
  });

  it("leave nothing behind when the compiler fails, and its last words are in the error", async () => {
    installGo('echo half > "$2"; echo "undefined: frobnicate" >&2; exit 1');
    await expect(ensureVault()).rejects.toThrow(
      /^vault: go build of github.com\/hashicorp\/vault failed:\n(.*\n)*undefined: frobnicate\nfix: /,
    );
    expect(readdirSync(paths.bin())).toEqual([]);
    expect(existsSync(join(folder, "cache", "go-build-cache"))).toBe(false);
  });
});
