import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Judgement } from "../../../cli/status/judge";
import type { Look } from "../../../cli/status/look";
import { smarter } from "../run-smarter";
import { settingsAt, startSilence, startStand, type Stand } from "../stand";

const address = "127.10.9.61";
let stand: Stand;
let end: () => Promise<void>;

beforeAll(async () => {
  stand = await startStand();
  end = await startSilence(address, [443, 9443, 9444, 9080, 9081, 22]);
});
afterAll(async () => {
  await end();
  await stand.end();
});

const status = (args: readonly string[] = []) =>
  smarter(["status", "--config-file", stand.configFile, ...args], stand.env);

describe("the status of a world that takes every connection and never answers", () => {
  it("is told within 10 s, as a disaster, with how long each was waited for", async () => {
    await stand.engineSays({ config: settingsAt(address), outputs: { address } });
    const { exitCode, stdout, seconds } = await status(["--json"]);
    expect(seconds).toBeLessThan(10);
    expect(exitCode).toBe(3);
    const said = JSON.parse(stdout) as Judgement & { look: Look };
    expect(said.verdict).toBe("declare");
    expect(said.triggers[0]).toMatchObject({
      id: "critical-modules",
      holds: true,
      down: expect.arrayContaining(["gateway", "odoo", "chatwoot", "caddy"]),
    });
    expect(said.perhapsBlind).toBe(true);
    expect(said.look.backups).toEqual({ state: "silent", seconds: 5 });
    expect(said.look.hetzner).toEqual({ state: "silent", seconds: 4 });
    expect(said.look.cloudflare).toEqual({ state: "silent", seconds: 4 });
    for (const module of said.look.modules) expect(["silent", "not-asked"]).toContain(module.outside.state);
    expect(stdout).not.toContain("secret-key-of-the-stand");
  });

  it("is told within 10 s when the engine hangs too, from what the settings file says in clear", async () => {
    await stand.engineSays({ config: settingsAt(address) });
    await stand.engineSays("hangs");
    const { exitCode, stdout, seconds } = await status();
    expect(seconds).toBeLessThan(10);
    expect(exitCode).toBe(3);
    expect(stdout).toContain("✗ Declare a disaster because:");
    expect(stdout).toContain("no answer in 4 s");
    expect(stdout).toContain("the engine did not give the settings");
    expect(stdout).toContain("look at this machine's own network before you declare");
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/\u001b\[/);
  });
});
