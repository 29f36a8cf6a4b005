import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { utils } from "ssh2";
import { expect, it } from "vitest";
import { newSecret, newSshKey, secretBytes } from "../../toolchain/sshkeys";

it("makes keys that OpenSSH accepts", () => {
  const folder = mkdtempSync(join(tmpdir(), "sshkeys-"));
  try {
    const key = newSshKey("drill of today");
    const file = join(folder, "key");
    writeFileSync(file, key.privateKey, { mode: 0o600 });
    expect(execaSync("ssh-keygen", ["-y", "-f", file]).stdout).toBe(key.publicKey);
    expect(key.publicKey).toMatch(/^ssh-ed25519 AAAA\S+ drill of today$/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("makes no broken key, which ssh2 does once in 256", () => {
  for (let i = 0; i < 1500; i++) {
    const { privateKey, publicKey } = newSshKey("x");
    expect(utils.parseKey(privateKey)).not.toBeInstanceOf(Error);
    expect(utils.parseKey(publicKey)).not.toBeInstanceOf(Error);
  }
});

it.each(["", "two\nlines"])("refuses the comment %j", (comment) => {
  expect(() => newSshKey(comment)).toThrow("allowed: one non-empty line");
});

it("makes secrets of the bytes asked for, in base64url", () => {
  expect(newSecret(32)).toMatch(/^[\w-]{43}$/);
  expect(secretBytes(newSecret(20))).toHaveLength(20);
  expect(newSecret()).not.toBe(newSecret());
  expect(() => newSecret(8)).toThrow("received 8 bytes");
  expect(() => secretBytes("no+base64url=")).toThrow("base64url");
});
