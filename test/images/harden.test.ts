import { describe, expect, test } from "vitest";
import { vaultReadsOf } from "../../images/agent/src/harden/reads";
import { thresholdOf } from "../../images/agent/src/harden/rekey";
import { decode } from "../../images/agent/src/harden/root";
import { enoughShares } from "../../images/agent/src/vault-unseal";

test("a root token is what was encoded with the one-time password", () => {
  const [token, otp] = ["hvs.tokenOfTheRoot", "CtB2oXBSI2n72Q2fox"];
  const encoded = Buffer.from(Buffer.from(token).map((byte, i) => byte ^ otp.charCodeAt(i))).toString("base64");
  expect(decode(encoded.replace(/=+$/, ""), otp)).toBe(token);
});

test.each([
  [1, 2, 1],
  [2, 2, 2],
  [5, 3, 3],
  [2, 3, 2],
  [3, 1, 2],
])("%i shares, of which %i opened it before: %i open it", (shares, before, expected) => {
  expect(thresholdOf(shares, before)).toBe(expected);
});

test("the same share twice counts once", () => {
  expect(enoughShares(["a", "a", "b", "c"], 2)).toEqual(["a", "b"]);
  expect(() => enoughShares(["a", "a"], 2)).toThrow("unsealShares: 1 different shares were given, its threshold is 2");
});

describe("what the audit log says was read", () => {
  const entry = (path: string, more: object = {}) =>
    JSON.stringify({
      time: "2026-11-24T12:00:01Z",
      type: "response",
      auth: { accessor: "a", display_name: "token-x" },
      request: { operation: "read", path, remote_address: "10.0.0.1" },
      ...more,
    });
  async function* lines(...all: string[]) {
    yield* all;
  }
  const pathsOf = async (...all: string[]) => (await vaultReadsOf(lines(...all))).reads.map(({ path }) => path);

  test("is answered reads and lists of secrets, and snapshots", async () => {
    expect(
      await pathsOf(
        "==> Vault server configuration:",
        entry("secret/data/a"),
        entry("secret/metadata", { request: { operation: "list", path: "secret/metadata" } }),
        entry("sys/storage/raft/snapshot"),
        entry("secret/data/asked", { type: "request" }),
        entry("secret/data/denied", { error: "1 error occurred: permission denied" }),
        entry("secret/data/written", { request: { operation: "update", path: "secret/data/written" } }),
        entry("auth/token/lookup-self"),
        entry("sys/mounts"),
        '{"cut',
        '{"another": "line"}',
      ),
    ).toEqual(["secret/data/a", "secret/metadata", "sys/storage/raft/snapshot"]);
  });

  test("is counted by who read it, from where; what is older is only how far back the log goes", async () => {
    const by = (display_name: string, time: string) =>
      entry("secret/data/a", { time, auth: { accessor: display_name, display_name } });
    const old = "2026-11-24T11:00:00Z";
    const read = await vaultReadsOf(
      lines(
        by("x", old),
        by("x", "2026-11-24T12:00:00Z"),
        by("y", "2026-11-24T12:00:01Z"),
        by("x", "2026-11-24T12:00:02Z"),
      ),
      "2026-11-24T12:00:00.000Z",
    );
    expect(read).toEqual({
      from: old,
      entries: 3,
      reads: [
        {
          path: "secret/data/a",
          count: 3,
          lastAt: "2026-11-24T12:00:02Z",
          by: [
            { accessor: "x", displayName: "x", address: "10.0.0.1", count: 2 },
            { accessor: "y", displayName: "y", address: "10.0.0.1", count: 1 },
          ],
        },
      ],
    });
  });
});
