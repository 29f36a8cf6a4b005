import { beforeAll, describe, expect, it, vi } from "vitest";
import { healthySuffix } from "../../components/healthy";
import { imageNames } from "../../stacks/config";
import { mockedPrimary } from "../stacks/mocked-primary";
import { mockedRecovery } from "../stacks/mocked-recovery";
import type { MockedStack } from "../stacks/mocked-stack";
import { filledSettings, type Role, type Settings } from "../stacks/settings";

vi.mock("../../stacks/preflight", { spy: true });

interface Container {
  readonly image: string;
  readonly envs: readonly string[];
  readonly uploads: readonly { file: string; content: { secret: string }; permissions: string }[];
  readonly ports: readonly { internal: number; external: number }[];
  readonly capabilities: { readonly drops: readonly string[]; readonly adds: readonly string[] };
  readonly memory: number;
  readonly memorySwap: number;
  readonly mounts: readonly { source: string; target: string; readOnly: boolean }[];
  readonly [option: string]: unknown;
}

const deploy = { primary: mockedPrimary, recovery: mockedRecovery };

describe.each(["primary", "recovery"] as const)("the containers of the %s", (role: Role) => {
  let stack: MockedStack;
  let settings: Settings;
  let containers: Map<string, Container>;
  beforeAll(async () => {
    settings = filledSettings(role);
    stack = await deploy[role](settings);
    containers = new Map(
      stack.all("docker:index/container:Container").map((r) => [r.name, r.inputs as unknown as Container]),
    );
  });
  const each = <T>(read: (container: Container) => T): Record<string, T> =>
    Object.fromEntries([...containers].map(([name, container]) => [name, read(container)]));
  /** The same of every container, but for those named. */
  const all = <T>(value: T, but: Record<string, T> = {}): Record<string, T> => ({
    ...Object.fromEntries([...imageNames, "guard"].map((name) => [name, value])),
    ...but,
  });

  it("drop every capability, and keep only what is named here", () => {
    expect(each((c) => c.capabilities.drops)).toEqual(all(["ALL"]));
    expect(each((c) => c.capabilities.adds)).toEqual(
      all<string[]>([], { caddy: ["NET_BIND_SERVICE"], agent: ["DAC_READ_SEARCH"] }),
    );
  });
  it("gain no privilege, are never privileged, and restart", () => {
    expect(each((c) => [c["securityOpts"], c["privileged"], c["restart"]])).toEqual(
      all([["no-new-privileges:true"], undefined, "unless-stopped"]),
    );
  });
  it("have bounded memory and logs", () => {
    expect(each((c) => c.memory >= 128 && c.memory <= 2048 && c.memorySwap === 2 * c.memory)).toEqual(all(true));
    expect(each((c) => [c["logDriver"], c["logOpts"]])).toEqual(
      all(["json-file", { "max-size": "10m", "max-file": "3" } as Record<string, string>], {
        // Its audit log is in it.
        vault: ["json-file", { "max-size": "30m", "max-file": "20", compress: "true" }],
      }),
    );
  });
  it("are health-checked, and waited for", () => {
    expect(each((c) => [(c["healthcheck"] as { tests: string[] }).tests.length > 1, c["mustRun"]])).toEqual(
      all([true, true]),
    );
    const waits = stack.all("command:remote:Command").filter(({ name }) => name.endsWith(`-${healthySuffix}`));
    expect(waits.map(({ name }) => name).sort()).toEqual(
      [...containers.keys()].map((name) => `${name}-${healthySuffix}`).sort(),
    );
    for (const { inputs } of waits) expect(inputs["create"]).toMatch(/^sh -s -- ./);
  });
  it("are reached by the key of the settings, by whatever may run again after that was replaced", () => {
    const byAnOldKey = stack
      .all("command:remote:Command")
      .filter(({ ignoreChanges: held }) => held.includes("connection") && !(held.includes("create") && held.includes("triggers")));
    expect(byAnOldKey.map(({ name }) => name)).toEqual([]);
  });
  it("run images that were pulled by digest, not by tag", () => {
    expect(each((c) => c.image)).toEqual({
      ...Object.fromEntries(imageNames.map((name) => [name, `id-of-image-${name}`])),
      guard: "id-of-image-agent",
    });
    for (const { inputs } of stack.all("docker:index/remoteImage:RemoteImage"))
      expect(inputs["name"]).toMatch(/^[^:@]+@sha256:[0-9a-f]{64}$/);
  });
  it("publish no port, but for the proxy", () => {
    expect(each((c) => c.ports.map((p) => p.external))).toEqual(all<number[]>([], { caddy: [80, 443] }));
  });
  it("mount no socket of Docker's and no folder of the host, only the site's volumes", () => {
    for (const { mounts } of containers.values())
      for (const { source } of mounts) expect(source).toMatch(/^smarteros-/);
  });
  it("see the boot guard's word, and cannot speak it", () => {
    const word = (c: Container) => c.mounts.filter((m) => m.source === "smarteros-guard").map((m) => m.readOnly);
    expect(each(word)).toEqual(all([true], { guard: [false] }));
    const held = (c: Container) => (c["entrypoints"] as string[])[2]!.includes("/run/smarteros-guard");
    expect(each(held)).toEqual(all(true, { guard: false }));
  });
  it("let the agent only read what it backs up", () => {
    const writable = containers
      .get("agent")!
      .mounts.filter((m) => !m.readOnly)
      .map((m) => m.target);
    expect(writable).toEqual(["/var/run/postgresql", "/var/lib/smarteros-agent"]);
  });
  it("keep their data when the stack goes", () => {
    const kept = stack.all("docker:index/volume:Volume").filter((v) => v.protect && v.retainOnDelete);
    expect(
      stack
        .all("docker:index/volume:Volume")
        .filter((v) => !kept.includes(v))
        .map((v) => v.name),
    ).toEqual(["volume-postgres-run", "volume-guard"]);
  });

  it("get secrets as files: nothing that is declared shows one in clear", () => {
    const secrets = Object.entries(settings).flatMap(([key, value]) =>
      key.startsWith("smarteros:") && key !== "smarteros:site" ? leaves(value) : [],
    );
    expect(secrets.length).toBeGreaterThan(15);
    const clear = JSON.stringify(stack.resources.map((r) => withoutSecrets(r.inputs)));
    expect(secrets.filter((secret) => clear.includes(secret))).toEqual([]);
    expect(clear).not.toMatch(/PRIVATE KEY/);
    const files = [...containers.values()].flatMap((c) => c.uploads.map((u) => u.content.secret)).join();
    expect(files).toContain(leaves(settings["smarteros:databasePasswords"])[0]);
  });
});

/** Every text in a secret, which may be JSON. */
function leaves(value: unknown): string[] {
  if (typeof value === "string")
    return value.startsWith("{") || value.startsWith("[") ? leaves(JSON.parse(value)) : [value.trim()];
  return Object.values(value as object).flatMap(leaves);
}

/** What is left in clear. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  if ("secret" in value) return "(secret)";
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withoutSecrets(v)]));
}
