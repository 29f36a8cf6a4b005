import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateKey } from "openpgp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { vaultSteps } from "../../../cli/recover/journal";
import { pgpKeyOf, readPgpKeys, writeShares } from "../../../cli/recover/vault-pgp";
import { handedOut } from "../../../cli/recover/vault-rotation";
import { isolateScript, readsScript, reopenScript } from "../../../cli/recover/vault-scripts";
import { knownShares } from "../../../cli/recover/vault-shares";
import { vaultWork } from "../../../cli/recover/vault-steps";
import type { Living } from "../../../cli/recover/living";
import type { VaultFound } from "../../../contracts/vault-harden";

const since = "2026-11-24T12:00:00.000Z";

describe("the scripts on the host", () => {
  it.each([isolateScript, reopenScript, readsScript("image", null), readsScript("image", since)])(
    "are valid: %#",
    (script) => void execFileSync("sh", ["-n"], { input: script }),
  );

  it("hand the agent the log's first entry, and those since a time", () => {
    // Docker, as far as the script asks it: a greeting and two entries, the second of them since the time.
    const docker = `docker() {
      case "$*" in
        logs\\ --since*) echo '{"n":2}' ;;
        logs*) echo '==> Vault server configuration:'; echo '{"n":1}'; echo '{"n":2}' ;;
        run*) cat ;;
      esac; }\n`;
    const handed = (script: string) => execFileSync("sh", ["-c", docker + script], { encoding: "utf8" });
    expect(handed(readsScript("image", since))).toBe('{"n":1}\n{"n":2}\n');
    expect(handed(readsScript("image", null))).toContain('{"n":1}\n{"n":2}\n');
  });

  it("are done in the order that can work", () => expect(Object.keys(vaultWork)).toEqual(vaultSteps));
});

describe("a holder's PGP key", () => {
  let folder: string;
  let armored: string;
  let binary: Buffer;
  let secret: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "holder-"));
    const key = await generateKey({ userIDs: [{ name: "ana", email: "ana@holder.test" }], format: "object" });
    armored = key.publicKey.armor();
    binary = Buffer.from(key.publicKey.write());
    secret = key.privateKey.armor();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is the same armored, with comments and other line ends, and binary", () => {
    const expected = binary.toString("base64");
    expect(pgpKeyOf(binary)).toBe(expected);
    expect(pgpKeyOf(Buffer.from(armored))).toBe(expected);
    expect(pgpKeyOf(Buffer.from(armored.replace("\n\n", "\nComment: of Ana\n\n").replaceAll("\n", "\r\n")))).toBe(
      expected,
    );
  });

  it("is refused when it is private, or none, naming the file and not what is in it", async () => {
    const file = join(folder, "key");
    writeFileSync(file, secret);
    await expect(readPgpKeys([file])).rejects.toThrow(`--pgp-keys: ${file}: received a private key`);
    writeFileSync(file, "not a key");
    await expect(readPgpKeys([file])).rejects.toThrow("received no public key; allowed: gpg --export");
    await expect(readPgpKeys([join(folder, "missing")])).rejects.toThrow("ENOENT");
  });

  it("gets its share in a file of its own, which nobody else reads", async () => {
    const shares = [{ fingerprint: "aa", message: Buffer.from("one").toString("base64") }];
    for (const _ of [1, 2]) await writeShares(join(folder, "shares"), shares);
    expect(readdirSync(join(folder, "shares"))).toEqual(["share-1-for-aa.pgp"]);
    const file = join(folder, "shares", "share-1-for-aa.pgp");
    expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["one", 0o600]);
  });
});

describe("what was handed out", () => {
  const token = (accessor: string, kind: VaultFound["tokens"][number]["kind"]) => ({
    accessor,
    kind,
    displayName: kind,
    policies: [],
    issuedAt: since,
  });
  const found: VaultFound = {
    shares: 3,
    threshold: 2,
    keyTerm: 1,
    auditDevices: ["stdout/ (file)"],
    tokens: [token("a", "site"), token("b", "root")],
    leases: [],
    secretIds: [],
    foreign: { authMethods: [], policies: [] },
  };
  const read = (path: string, ...accessors: string[]) => ({
    path,
    count: accessors.length,
    lastAt: since,
    by: accessors.map((accessor) => ({ accessor, displayName: `of ${accessor}`, address: "10.0.0.1", count: 1 })),
  });

  it("to others comes first, each with how it is rotated", () => {
    const reads = [
      read("secret/data/smarteros/tenant", "a"),
      read("secret/data/smarteros/shopify", "a", "b"),
      read("secret/data/smarteros/db/odoo", "gone"),
      read("secret/data/smarteros/s3-writer", "b"),
      read("sys/storage/raft/snapshot", "a"),
    ];
    const secrets = handedOut({ from: since, entries: 9, reads }, found, "en");
    expect(secrets.map(({ path, bySiteAlone, rotation }) => [path, bySiteAlone, rotation.split(/[ (]/)[0]])).toEqual([
      ["secret/data/smarteros/db/odoo", false, "alter"],
      ["secret/data/smarteros/s3-writer", false, "make"],
      ["secret/data/smarteros/shopify", false, "make"],
      ["secret/data/smarteros/tenant", true, "make"],
      ["sys/storage/raft/snapshot", true, "a"],
    ]);
    expect(secrets[2]!.by).toEqual(["of a (accessor a, 10.0.0.1): 1", "of b (accessor b, 10.0.0.1): 1"]);
  });
});

it("opens Vault with the shares that are set, else with those of its first start", () => {
  const living = (values: Record<string, string>) =>
    ({ clear: { values, secretKeys: [] }, vaultEscrow: { token: "t", unsealShares: ["first"] } }) as unknown as Living;
  expect(knownShares(living({ "smarteros:vaultUnsealShares": '["set"]' }))).toEqual(["set"]);
  expect(knownShares(living({}))).toEqual(["first"]);
});
