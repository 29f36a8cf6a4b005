import { beforeEach, describe, expect, it } from "vitest";
import { generationLayout } from "../../contracts/generation";
import { readConfig, type StackConfig } from "../../stacks/config";
import { PreflightError } from "../../stacks/preflight";
import { standsBy } from "../../stacks/standing";
import { MemoryS3 } from "./memory-s3";
import { mockedPrimary } from "./mocked-primary";
import { filledSettings, setConfig, type Role, type Settings } from "./settings";

let s3: MemoryS3;
beforeEach(() => void (s3 = new MemoryS3()));

const claimed = (generation: number) =>
  s3.objects.set(
    generationLayout(generation).claim,
    JSON.stringify({
      generation,
      restoreFrom: generation - 1,
      manifestKey: "k",
      targetTime: null,
      claimedAt: "2026-11-24T03:00:00.000Z",
      claimedBy: "ana@laptop",
    }),
  );
const active = (generation: number) =>
  s3.objects.set(
    generationLayout(generation).active,
    JSON.stringify({ generation, activatedAt: "2026-11-24T03:00:09.000Z", activatedBy: "ana@laptop" }),
  );
const settingsOf = (role: Role, asStandby?: boolean): Settings => ({
  ...filledSettings(role),
  ...(asStandby === undefined ? {} : { "smarteros:asStandby": String(asStandby) }),
});
const configOf = (role: Role, asStandby?: boolean): StackConfig => {
  setConfig(settingsOf(role, asStandby));
  return readConfig(role);
};
const refused = async (role: Role, asStandby?: boolean): Promise<string> => {
  const error: unknown = await standsBy(configOf(role, asStandby), role).catch((e: unknown) => e);
  if (error instanceof PreflightError) return error.problems.join("\n");
  throw new Error(`it was not refused: ${String(error)}`);
};

describe("a site", () => {
  it("runs while it is the newest, whatever older ones have left", async () => {
    s3.objects.set("g1/manifests/x.json", "{}");
    expect(await standsBy(configOf("primary"), "primary")).toBe(false);
    claimed(2);
    active(2);
    expect(await standsBy(configOf("recovery"), "recovery")).toBe(false);
  });
  it("runs before there is a bucket", async () => {
    s3.refuse("NoSuchBucket", 404);
    expect(await standsBy(configOf("primary"), "primary")).toBe(false);
  });
  it("does not run when nobody can say whether it may", async () => {
    s3.refuse("AccessDenied", 403);
    expect(await refused("primary")).toMatch(/the store refused the credentials .*; fix: /);
  });
  it("is refused once another has taken over, and is told who is active since when", async () => {
    claimed(2);
    active(2);
    expect(await refused("primary")).toBe(
      "smarteros:site.generation: received 1, but generation 2 is active since 2026-11-24T03:00:09.000Z, activated by ana@laptop; " +
        "two sites would write and take DNS; fix: to take over from it, set generation to 3 and restoreFrom to 2; " +
        "to keep this one ready without services, pulumi config set smarteros:asStandby true",
    );
  });
  it("is refused while another is being recovered, and is told how that is given up", async () => {
    claimed(2);
    expect(await refused("primary")).toMatch(
      /generation 2 was claimed at 2026-11-24T03:00:00.000Z by ana@laptop, and is not active yet; .*delete s3:\/\/smarterbot-cl-backups\/g2\/claim.json$/,
    );
  });
  it("looks at the newest of its successors, counted as numbers", async () => {
    for (const generation of [2, 3, 10]) claimed(generation);
    active(10);
    expect(await refused("recovery")).toMatch(/generation 10 is active/);
  });
  it("stands by when that is asked for, but never the active one", async () => {
    expect(await refused("primary", true)).toMatch(/generation 1 is the newest: it would stop the active site/);
    active(2);
    expect(await standsBy(configOf("primary", true), "primary")).toBe(true);
  });
  it("stands by before its generation is begun, and not once it is", async () => {
    const next = (): StackConfig => {
      const settings = settingsOf("primary", true);
      setConfig({
        ...settings,
        "smarteros:site": { ...settings["smarteros:site"], generation: 3, restoreFrom: 2 },
        "smarteros:vaultToken": "t".repeat(24),
        "smarteros:vaultUnsealShares": JSON.stringify(["first".padEnd(44, "x"), "second".padEnd(44, "x")]),
      });
      return readConfig("primary");
    };
    active(2);
    expect(await standsBy(next(), "primary")).toBe(true);
    claimed(3);
    await expect(standsBy(next(), "primary")).rejects.toThrow(
      /generation 3 is the newest: it would stop the active site/,
    );
  });
});

it("a standby has host, network, images and data, and nothing that runs, writes or takes DNS", async () => {
  active(2);
  const stack = await mockedPrimary(settingsOf("primary", true), s3);
  const types = new Set(stack.resources.map(({ type }) => type));
  for (const kept of ["docker:index/volume:Volume", "docker:index/remoteImage:RemoteImage", "aws:s3/bucket:Bucket"])
    expect(types).toContain(kept);
  for (const none of ["docker:index/container:Container", "cloudflare:index/dnsRecord:DnsRecord"])
    expect(types).not.toContain(none);
  expect(stack.outputs.standby).toBe(true);
});
