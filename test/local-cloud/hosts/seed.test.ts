import { expect, it } from "vitest";
import { seedFiles } from "../../../local-cloud/hosts/seed";

it("hands the user data on byte for byte, and the keys as meta-data", () => {
  const userData = "#cloud-config\nruncmd: [\"echo 'ñ'\"]\n\n";
  const files = seedFiles({
    instanceId: "hetzner-7",
    hostname: "recovery",
    userData,
    sshKeys: ["ssh-ed25519 AAAA operator"],
  });
  expect(files["var/lib/cloud/seed/nocloud/user-data"]).toBe(userData);
  expect(JSON.parse(files["var/lib/cloud/seed/nocloud/meta-data"]!)).toEqual({
    "instance-id": "hetzner-7",
    "local-hostname": "recovery",
    "public-keys": ["ssh-ed25519 AAAA operator"],
  });
});
