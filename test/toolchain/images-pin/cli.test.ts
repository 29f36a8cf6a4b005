import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repoRoot } from "../../../toolchain/paths";
import { digestOf, fakeRegistry, type FakeRegistry } from "./fake-registry";

let folder: string;
let registry: FakeRegistry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "images-pin-cli-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"];
  await execa("openssl", [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    ...subject,
    "-keyout",
    key,
    "-out",
    cert,
  ]);
  registry = await fakeRegistry({ tls: { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") } });
  registry.tags.set("a/good:1", digestOf("a"));
});

afterAll(async () => {
  await registry.close();
  await rm(folder, { recursive: true });
});

const run = (args: string[], env: Record<string, string> = {}) =>
  execa("node", ["--import", "tsx", join(repoRoot(), "toolchain/images-pin.ts"), ...args], {
    cwd: repoRoot(),
    env: { DOCKER_CONFIG: folder, ...env },
    reject: false,
  });

async function config(...names: string[]): Promise<string> {
  const file = join(folder, "Pulumi.test.yaml");
  const images = names.map((name) => `      ${name}: ${registry.host}/a/${name}:1\n`).join("");
  await writeFile(file, `config:\n  smarteros:site:\n    images:\n${images}`);
  return file;
}

describe("npm run images:pin", { timeout: 60_000 }, () => {
  it("pins over TLS with an own CA, exit code 0", async () => {
    const file = await config("good");
    const { exitCode, stdout } = await run(["--config-file", file], { NODE_EXTRA_CA_CERTS: join(folder, "cert.pem") });
    expect(stdout).toContain(`+ good: ${registry.host}/a/good:1 -> ${registry.host}/a/good:1@${digestOf("a")}`);
    expect(exitCode).toBe(0);
    expect(await readFile(file, "utf8")).toContain(digestOf("a"));
  });

  it("names what it could not resolve, exit code 1, JSON on stdout", async () => {
    const file = await config("good", "gone");
    const { exitCode, stdout, stderr } = await run(["--config-file", file, "--json", "--dry-run"], {
      NODE_EXTRA_CA_CERTS: join(folder, "cert.pem"),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain("1 unresolved, left as they were: gone");
    const report = JSON.parse(stdout) as { dryRun: boolean; files: { images: { outcome: string }[] }[] };
    expect(report.dryRun).toBe(true);
    expect(report.files[0]?.images.map((image) => image.outcome)).toEqual(["pinned", "unresolved"]);
    expect(await readFile(file, "utf8")).not.toContain("sha256");
  });

  it("trusts no unknown certificate, and names the fix", async () => {
    const { exitCode, stdout } = await run(["--config-file", await config("good")]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("NODE_EXTRA_CA_CERTS");
  });

  it("says which file is missing", async () => {
    const { exitCode, stderr } = await run(["--stack", "nowhere"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("Pulumi.nowhere.yaml: is not there");
  });
});
