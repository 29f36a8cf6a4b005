import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtime, type Output } from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { vi } from "vitest";
import type { GateResult } from "../../contracts/gate";
import type { StackOutputs } from "../../stacks/outputs";
import { newSshKey } from "../../toolchain/sshkeys";
import { setConfig, type Settings } from "./settings";

/** One resource as the program asked the engine for it. Secrets in its inputs are `{ secret: value }`. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
  /** Names of the resources that it waits for, directly. */
  readonly dependsOn: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly importId: string;
  /** Name of the resource with which it goes; empty: none. */
  readonly deletedWith: string;
  readonly hooks: readonly string[];
  readonly ignoreChanges: readonly string[];
}

/** What one run of a stack's program declared. */
export interface MockedStack {
  readonly outputs: StackOutputs;
  readonly resources: readonly Registered[];
  /** @throws when there is none */
  readonly one: (type: string, name: string) => Registered;
  readonly all: (type: string) => Registered[];
  /** Whether a resource waits for another, directly or through others. */
  readonly waitsFor: (later: string, earlier: string) => boolean;
}

/** Answers of provider functions by token, and of commands (stdout) by resource name. */
export interface Answers {
  readonly calls?: Readonly<Record<string, (inputs: Record<string, unknown>) => unknown>>;
  readonly stdout?: Readonly<Record<string, string>>;
}

/** Says that the gate passed. */
export const passedGate: GateResult = { passed: true, finishedAt: "2026-11-24T03:52:00.000Z", checks: [] };

/**
 * Runs a stack's program against the SDK's own mocks, and waits until everything that it declares is registered.
 * The operator's key and `~` are in a folder of their own.
 */
export async function deployMocked(
  program: () => Promise<StackOutputs>,
  settings: Settings,
  answers: Answers = {},
): Promise<MockedStack> {
  const home = mkdtempSync(join(tmpdir(), "mocked-stack-"));
  vi.stubEnv("HOME", home);
  const key = join(home, "key");
  writeFileSync(key, newSshKey("operator").privateKey, { mode: 0o600 });
  settings["smarteros:site"].ssh["privateKeyFile"] = key;
  setConfig(settings);

  const mocks: runtime.Mocks = {
    // Hetzner's ids are numbers.
    newResource: ({ type, name, inputs, id }) => ({
      id: id || (type.startsWith("hcloud:") ? "1" : `${name}-id`),
      state: { ...inputs, ...computed(type, name, answers) },
    }),
    call: ({ token, inputs }) => {
      const answer = answers.calls?.[token];
      if (!answer) throw new Error(`the test gives no answer to ${token}`);
      return answer(inputs as Record<string, unknown>) as Record<string, unknown>;
    },
  };
  await runtime.setMocks(mocks, "smarteros", "test");
  const requests = recordRequests(runtime.getMonitor() as unknown as MockMonitor);
  const outputs = await program();
  await runtime.disconnect();
  vi.unstubAllEnvs();
  return collected(outputs, requests.map(registered));
}

type RegisterRequest = Parameters<MockMonitor["registerResource"]>[0];
type Callback = Parameters<MockMonitor["registerResource"]>[1];

/** The SDK's mock of the engine shows neither dependencies nor options, and knows no hooks: these are accepted and never run. */
function recordRequests(monitor: MockMonitor): readonly RegisterRequest[] {
  const requests: RegisterRequest[] = [];
  const register = monitor.registerResource.bind(monitor);
  Object.assign(monitor, {
    registerResource(req: RegisterRequest, callback: Callback) {
      requests.push(req);
      return register(req, callback);
    },
    registerResourceHook: (_req: unknown, callback: Callback) => callback(null, {}),
  });
  return requests;
}

/** What the providers would add. */
function computed(type: string, name: string, answers: Answers): Record<string, unknown> {
  if (type.startsWith("command:")) return { stdout: answers.stdout?.[name] ?? "", stderr: "" };
  if (type === "hcloud:index/server:Server") return { ipv4Address: "5.75.128.20" };
  if (type === "hcloud:index/volume:Volume") return { linuxDevice: "/dev/disk/by-id/scsi-0HC_Volume_1" };
  if (type === "docker:index/remoteImage:RemoteImage") return { imageId: `id-of-${name}` };
  if (type === "aws:iam/accessKey:AccessKey") return { secret: "aws-secret-key-of-an-identity" };
  return {};
}

const nameOf = (urn: string) => urn.split("::").at(-1)!;

const secretMark = "4dabf18193072939515e22adb298388d";
/** Secrets as they travel to the engine become `{ secret: value }`. */
function unwrapped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrapped);
  if (value === null || typeof value !== "object") return value;
  if (secretMark in value) return { secret: (value as { value?: unknown }).value };
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, unwrapped(v)]));
}

function registered(req: RegisterRequest): Registered {
  return {
    type: req.getType(),
    name: req.getName(),
    inputs: unwrapped(req.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
    dependsOn: [...new Set<string>(req.getDependenciesList().map(nameOf))],
    protect: req.getProtect(),
    retainOnDelete: req.getRetainondelete(),
    importId: req.getImportid(),
    deletedWith: req.getDeletedwith() ? nameOf(req.getDeletedwith()) : "",
    hooks: req.getHooks()?.getBeforeCreateList() ?? [],
    ignoreChanges: req.getIgnorechangesList(),
  };
}

function collected(outputs: StackOutputs, resources: readonly Registered[]): MockedStack {
  // A component and its only child may share a name: it waits for what any of them waits for.
  const dependenciesOf = (name: string) => resources.filter((r) => r.name === name).flatMap((r) => r.dependsOn);
  const waitsFor = (later: string, earlier: string, seen = new Set<string>()): boolean => {
    if (seen.has(later)) return false;
    seen.add(later);
    const direct = dependenciesOf(later);
    return direct.includes(earlier) || direct.some((d) => waitsFor(d, earlier, seen));
  };
  const all = (type: string) => resources.filter((r) => r.type === type);
  return {
    outputs,
    resources,
    all,
    waitsFor: (later, earlier) => waitsFor(later, earlier),
    one: (type, name) => {
      const found = resources.find((r) => r.type === type && r.name === name);
      if (!found)
        throw new Error(
          `no ${type} ${name}; there are ${
            all(type)
              .map((r) => r.name)
              .join(", ") || "none of its type"
          }`,
        );
      return found;
    },
  };
}

/** The value of an output, awaited. */
export const valueOf = <T>(output: Output<T>): Promise<T> =>
  new Promise((resolve) => output.apply((value) => resolve(value as T)));
