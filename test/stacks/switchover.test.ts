import { beforeAll, describe, expect, it } from "vitest";
import { manifestKey } from "../../contracts/generation";
import { signManifest } from "../../contracts/manifest";
import { switchoverSpec } from "../../contracts/switchover";
import { primary } from "../../stacks/primary";
import { newSecret, newSshKey } from "../../toolchain/sshkeys";
import { cloudflare } from "./cloud-answers";
import { body } from "./manifests";
import { MemoryS3 } from "./memory-s3";
import { fenced } from "./mocked-recovery";
import { deployMocked, passedGate, valueOf, type MockedStack } from "./mocked-stack";
import { filledSettings, type Settings } from "./settings";

const [earlier, last] = ["2026-11-24T03:50:44.120Z", "2026-11-24T04:10:00.000Z"];
const [own, other] = ["5.75.128.10", "198.51.100.7"];

/** Settings of generation 3, which takes over from generation 2, which serves. */
function settingsOf(change: Record<string, unknown> = {}): Settings {
  const settings = filledSettings("primary");
  Object.assign(settings["smarteros:site"], { generation: 3, restoreFrom: 2 });
  settings["smarteros:site"]["fence"] = { hostKey: newSshKey("x").publicKey.split(" ").slice(0, 2).join(" ") };
  return Object.assign(settings, {
    "smarteros:vaultToken": "hvs.token-of-the-site-that-serves",
    "smarteros:vaultUnsealShares": [newSecret(), newSecret()],
    "recovery:switchover": "3",
    ...change,
  });
}

/** Runs the program; generation 2 has made both sets. @param address what DNS names @param claimed an earlier run claimed generation 3 */
function deploy(settings: Settings, { address = other, claimed = false } = {}): Promise<MockedStack> {
  const s3 = new MemoryS3();
  const passwords = {
    postgres: String(settings["smarteros:postgresCipher"]),
    files: String(settings["smarteros:filesCipher"]),
  };
  for (const consistentAt of [earlier, last]) {
    const manifest = signManifest({ ...body(), generation: 2, consistentAt }, passwords);
    s3.objects.set(manifestKey(2, consistentAt), JSON.stringify(manifest));
    s3.holdObjectsOf(manifest.body);
  }
  const claim = { generation: 3, restoreFrom: 2, manifestKey: manifestKey(2, last), targetTime: null, claimedAt: last };
  if (claimed) s3.objects.set("g3/claim.json", JSON.stringify(claim));
  return deployMocked(primary, settings, {
    calls: cloudflare([{ name: "smarterbot.cl", id: "r1", content: address }]),
    stdout: {
      switchover: JSON.stringify({ pausedAt: last, quiescedAt: last, manifestKey: manifestKey(2, last) }),
      fence: JSON.stringify(fenced),
      gate: JSON.stringify(passedGate),
    },
  });
}

describe("a switchover", () => {
  let stack: MockedStack;
  beforeAll(async () => void (stack = await deploy(settingsOf())));
  const waitsFor = (later: string, earlier: string) => stack.waitsFor(later, earlier);

  it("begins the write pause when all is ready that can be", () => {
    const before = ["site-network", "image-odoo", "volume-postgres", "guard-healthy", "backup-reader-g2"];
    expect(before.filter((name) => !waitsFor("switchover", name))).toEqual([]);
  });
  it("fences the other site off after its last backup, and restores that meanwhile", () => {
    expect([waitsFor("fence", "switchover"), waitsFor("restore-wave-1", "switchover")]).toEqual([true, true]);
    expect(waitsFor("restore-wave-1", "fence")).toBe(false);
  });
  it("starts no service before the other site is fenced off, but those that nobody reaches", () => {
    const services = ["postgres", "redis", "vault", "caddy", "gateway", "odoo", "n8n"];
    expect(services.filter((name) => !waitsFor(name, "fence"))).toEqual(["redis", "vault"]);
  });
  it("has the cluster there before the pause, as of a moment before it", () => {
    const chain = ["restore-seed", "restore-seed-again", "switchover", "restore-wave-1", "postgres"];
    expect(chain.filter((name, i) => i > 0 && !waitsFor(name, chain[i - 1]!))).toEqual([]);
  });
  it("seeds Vault before the pause, and gives it the last snapshot in it", () => {
    const chain = ["restore-seed", "vault-seed", "switchover", "restore-vault", "vault-restore", "gateway"];
    expect(chain.filter((name, i) => i > 0 && !waitsFor(name, chain[i - 1]!))).toEqual([]);
    const inputOf = (name: string) => {
      const { stdin } = stack.one("command:remote:Command", name).inputs as { stdin: { secret: string } };
      const { restoreId, seed } = JSON.parse(stdin.secret) as { restoreId: string; seed?: string };
      return [restoreId, seed];
    };
    const [seed, restoreId] = ["g3-from-g2-seed", "g3-from-g2-2026-11-24T041000000Z"];
    expect(["restore-seed", "vault-seed"].map(inputOf)).toEqual([
      [seed, seed],
      [seed, seed],
    ]);
    const later = ["restore-vault", "vault-restore", "restore-wave-1", "restore-wave-2"];
    expect(later.map(inputOf)).toEqual(later.map(() => [restoreId, seed]));
  });
  it("restores the set that the switchover made, not the one that was the newest before", async () => {
    expect(await valueOf(stack.outputs.restored!)).toMatchObject({
      restoreId: "g3-from-g2-2026-11-24T041000000Z",
      manifest: manifestKey(2, last),
      consistentAt: last,
    });
  });
  it("tells the switchover where the site is that serves, and who writes there", () => {
    const { stdin, logging } = stack.one("command:local:Command", "switchover").inputs as {
      stdin: { secret: string };
      logging: string;
    };
    const spec = switchoverSpec.parse(JSON.parse(stdin.secret));
    expect([spec.generation, spec.from, spec.active?.address, logging]).toEqual([3, 2, other, "none"]);
    expect(spec.services).toEqual(["gateway", "odoo", "chatwoot", "botpress", "n8n", "metabase", "dokploy"]);
  });
});

it("is refused before anything is made while the site that serves is not known", async () => {
  await expect(deploy(settingsOf(), { address: own })).rejects.toThrow(
    /smarteros:site.fence.address: missing, and DNS names no other host; .*fix: /,
  );
});

it("needs the other site no more once the generation is claimed", async () => {
  const stack = await deploy(settingsOf(), { address: own, claimed: true });
  expect((await valueOf(stack.outputs.restored!)).manifest).toBe(manifestKey(2, last));
});

it("is of one generation alone: that of another in the settings has no effect", async () => {
  const stack = await deploy(settingsOf({ "recovery:switchover": "2" }));
  expect(stack.all("command:local:Command").map(({ name }) => name)).not.toContain("switchover");
  expect((await valueOf(stack.outputs.restored!)).manifest).toBe(manifestKey(2, last));
});
