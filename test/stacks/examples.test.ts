import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sampleTenants } from "../../plan/organisation";
import { imageNames } from "../../stacks/config";
import { readImages, writeImages } from "../../toolchain/images-pin/config-file";
import { parseReference } from "../../toolchain/images-pin/reference";
import { exampleSettings, problemsWith, settingsFile, type Role } from "./settings";

/** Property of each problem, in order. */
const named = (role: Role) =>
  problemsWith(role, exampleSettings(role)).map((p) => p.split(": ")[0]!.replace("smarteros:", ""));
const tenants = Array.from({ length: sampleTenants }, (_, i) => `site.tenants[${i}].rut`);
const images = imageNames.map((name) => `site.images.${name}`);
const secrets = [
  "postgresCipher",
  "filesCipher",
  "databasePasswords",
  "applicationKeys",
  "shopifySecret",
  "whatsappSecret",
];

describe("the committed examples", () => {
  it("are refused with all that is to be filled in, at once", () => {
    expect(named("primary")).toEqual([
      "site.host.hostKey",
      "site.ssh.operatorNetworks[0]",
      ...images,
      "site.dns.zoneId",
      ...tenants,
      ...secrets,
      "site.host.address",
    ]);
    expect(named("recovery")).toEqual([
      "site.ssh.operatorNetworks[0]",
      ...images,
      "site.dns.zoneId",
      ...tenants,
      ...secrets,
      "recoveryHostKey",
      "vaultUnsealShares",
      "vaultToken",
    ]);
  });

  it("name the way to each image's digest, and to the VPS's address", () => {
    const problems = problemsWith("primary", exampleSettings("primary"));
    expect(problems.filter((p) => p.includes('"npm run images:pin"'))).toHaveLength(imageNames.length);
    expect(problems.find((p) => p.includes("host.address"))).toMatch(
      /received "203\.0\.113\.10", .*; fix: the VPS's public address, from Hostinger's panel/,
    );
  });

  it.each(["primary", "recovery"] as const)(
    "of the %s have as many sample tenants as the plan asks, whose RUTs are only refused as examples",
    (role) => {
      const problems = problemsWith(role, exampleSettings(role)).filter((p) => p.includes("site.tenants"));
      expect(problems).toHaveLength(sampleTenants);
      for (const problem of problems)
        expect(problem).toMatch(/rut: received "(\d)\1{7}-\1", an example's; allowed: .*; fix: /);
    },
  );

  it.each(["primary", "recovery"] as const)(
    "of the %s can be pinned: a name and a tag of every image, and no invented digest",
    (role) => {
      const found = readImages(settingsFile(role))!.images;
      expect([...found.keys()].sort()).toEqual([...imageNames].sort());
      for (const image of found.values()) expect(parseReference(image).digest).toBeUndefined();
    },
  );

  it.each(["primary", "recovery"] as const)("of the %s stay as they are, but for the digests", async (role) => {
    const folder = await mkdtemp(join(tmpdir(), "examples-"));
    const file = join(folder, "Pulumi.yaml");
    try {
      await copyFile(settingsFile(role), file);
      const before = await readFile(file, "utf8");
      const images = readImages(file)!;
      const digest = `@sha256:${"a".repeat(64)}`;
      await writeImages(images, new Map([...images.images].map(([name, image]) => [name, image + digest])));
      expect((await readFile(file, "utf8")).replaceAll(digest, "")).toBe(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("run the same images in both stacks", () => {
    expect(exampleSettings("recovery")["smarteros:site"].images).toEqual(
      exampleSettings("primary")["smarteros:site"].images,
    );
  });
});
