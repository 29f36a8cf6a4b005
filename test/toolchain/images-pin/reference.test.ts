import { describe, expect, it } from "vitest";
import { parseChallenge } from "../../../toolchain/images-pin/challenge";
import { parseReference } from "../../../toolchain/images-pin/reference";
import { digestOf } from "./fake-registry";

describe("an image's reference", () => {
  it.each([
    ["odoo:18.0", "docker.io", "library/odoo", "18.0"],
    ["n8nio/n8n:1.70.0", "docker.io", "n8nio/n8n", "1.70.0"],
    ["ghcr.io/acme/gateway:v1", "ghcr.io", "acme/gateway", "v1"],
    ["localhost/acme:1", "localhost", "acme", "1"],
    ["127.0.0.1:5000/a/b__c/d-e:x_Y.z", "127.0.0.1:5000", "a/b__c/d-e", "x_Y.z"],
  ])("%s is %s %s %s", (text, registry, repository, tag) => {
    expect(parseReference(text)).toMatchObject({ registry, repository, tag, digest: undefined });
  });

  it("keeps the digest apart from name and tag", () => {
    const digest = digestOf("a");
    expect(parseReference(`ghcr.io/acme/gateway:v1@${digest}`)).toMatchObject({
      name: "ghcr.io/acme/gateway",
      tag: "v1",
      digest,
    });
  });

  it.each([
    ["odoo", "it has no tag"],
    ["registry.example.com:5000/odoo", "it has no tag"],
    ["odoo:18.0@sha256:abc", "no sha256 digest"],
    ["Odoo:18.0", '"Odoo" is no part'],
    ["a//b:1", '"" is no part'],
    ["odoo:", '"" is no tag'],
    ["odoo:a b", '"a b" is no tag'],
    ["evil.example/../x:1", '".." is no part'],
    ["user@host/x:1", "no sha256 digest"],
    ["", "it has no tag"],
  ])("refuses %j and says why", (text, why) => {
    expect(() => parseReference(text)).toThrow(why);
    expect(() => parseReference(text)).toThrow("allowed: repo/name:tag");
  });
});

describe("a registry's challenge", () => {
  it("is read as Docker Hub sends it", () => {
    const header =
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/odoo:pull,push"';
    expect(parseChallenge(header)).toEqual({
      scheme: "bearer",
      realm: "https://auth.docker.io/token",
      service: "registry.docker.io",
      scope: "repository:library/odoo:pull,push",
    });
  });

  it("is read with spaces, escapes, bare values and any case", () => {
    expect(parseChallenge('bearer Realm = "https://r/\\"t", service=s')).toMatchObject({
      realm: 'https://r/"t',
      service: "s",
    });
    expect(parseChallenge('Basic realm="x"')).toEqual({ scheme: "basic" });
  });

  it.each(["", "Digest x=1", "Bearer service=s"])("is undefined for %j", (header) => {
    expect(parseChallenge(header)).toBeUndefined();
  });
});
