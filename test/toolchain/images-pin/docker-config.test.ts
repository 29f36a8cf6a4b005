import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { dockerCredentials } from "../../../toolchain/images-pin/docker-config";

const folder = mkdtempSync(join(tmpdir(), "docker-config-"));
const env = { DOCKER_CONFIG: folder };
afterAll(() => rmSync(folder, { recursive: true }));

it("asks anonymously when there is no file", () => {
  expect(dockerCredentials("ghcr.io", env)).toBeUndefined();
});

it("finds a registry's login, Docker Hub's under its old name, passwords with colons", () => {
  const auth = (text: string) => ({ auth: Buffer.from(text).toString("base64") });
  const auths = { "https://index.docker.io/v1/": auth("hub:p"), "ghcr.io": auth("ana:a:b"), "helper.example": {} };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths, credsStore: "x" }));
  expect(dockerCredentials("docker.io", env)).toEqual({ username: "hub", password: "p" });
  expect(dockerCredentials("ghcr.io", env)).toEqual({ username: "ana", password: "a:b" });
  expect(dockerCredentials("helper.example", env)).toBeUndefined();
});

it("refuses a broken file without showing what is in it", () => {
  writeFileSync(join(folder, "config.json"), '{"auths": {"x": {"auth": "topsecret');
  expect(() => dockerCredentials("ghcr.io", env)).toThrow("is not Docker's configuration");
  expect(() => dockerCredentials("ghcr.io", env)).not.toThrow("topsecret");
});
