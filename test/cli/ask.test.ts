import { describe, expect, it } from "vitest";
import { answerOf, ask } from "../../cli/ask";
import { masker } from "../../cli/mask";

const never = () => new Promise<never>(() => undefined);

describe("a question with a deadline", () => {
  it("is given up when nothing answers, even when its work heeds no signal", async () => {
    const started = performance.now();
    expect(await ask(0.2, never)).toEqual({ state: "silent", seconds: 0.2 });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("tells its work to stop", async () => {
    let stopped: AbortSignal | undefined;
    await ask(0.1, (signal) => ((stopped = signal), never()));
    expect(stopped?.aborted).toBe(true);
  });

  it("tells a refusal from silence, with its cause", async () => {
    const asked = await ask(1, async () => {
      throw new Error("no", { cause: new Error("the network") });
    });
    expect(asked).toMatchObject({ state: "failed", reason: "no (the network)" });
    expect(answerOf(asked)).toBeUndefined();
  });

  it("gives the answer, and how long it took", async () => {
    const asked = await ask(1, async () => 7);
    expect(asked).toMatchObject({ state: "answered", value: 7 });
    expect(answerOf(asked)).toBe(7);
  });

  it("takes no control character of a remote program to the terminal", async () => {
    expect(await ask(1, () => Promise.reject(new Error("bad\u001b[31m\nnews")))).toMatchObject({ reason: "bad news" });
  });
});

describe("the mask", () => {
  const mask = masker({
    values: {
      "smarteros:filesCipher": "correct horse battery",
      "smarteros:vaultUnsealShares": '["share-one-1","share-two-2"]',
      "smarteros:databasePasswords": '{"odoo":"odoo-password"}',
      "smarteros:recoveryHostKey": "-----BEGIN KEY-----\nlineofthekey\n-----END KEY-----",
      "aws:region": "eu-central-1",
    },
    secretKeys: [
      "smarteros:filesCipher",
      "smarteros:vaultUnsealShares",
      "smarteros:databasePasswords",
      "smarteros:recoveryHostKey",
    ],
  });
  it("hides every secret of the settings, those inside of structured values too", () => {
    expect(mask("it was correct horse battery, share-two-2, odoo-password and lineofthekey in eu-central-1")).toBe(
      "it was [secret], [secret], [secret] and [secret] in eu-central-1",
    );
  });
  it("leaves what is no secret", () => {
    expect(mask("-----BEGIN KEY----- eu-central-1")).toBe("-----BEGIN KEY----- eu-central-1");
  });
});
