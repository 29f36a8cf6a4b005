import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { checkPolicies } from "../policy/run";
import { repoRoot } from "../toolchain/paths";
import { run } from "../toolchain/run";
import { seenIn } from "./events";
import { strangersAtUsers } from "./identities";
import type { DriftReport, DriftedResource, UncheckedResource } from "./model";
import { onHost, resourcesOf, type StateResource } from "./state";

export interface DriftArgs {
  readonly stack: string;
  /** The stack's settings. @default Pulumi's own: Pulumi.<stack>.yaml */
  readonly configFile?: string;
  /** Absolute path of `pulumi`, and what is merged over process.env. */
  readonly pulumi: string;
  readonly env: Readonly<Record<string, string>>;
  /** False leaves the policy pack out. @default true */
  readonly policies?: boolean;
}

/** Seconds for one group of resources: a host that accepts and never answers is given up. */
const groupDeadline = 60;

/**
 * Compares what the stack's state says with the world, and changes neither. The host's resources are asked for apart from the others,
 * so that a dead host hides nothing else.
 * @throws when the state cannot be read
 */
export async function checkDrift(args: DriftArgs): Promise<DriftReport> {
  const started = performance.now();
  const folder = await mkdtemp(join(tmpdir(), "smarteros-drift-"));
  try {
    const resources = resourcesOf(await pulumi(args, ["stack", "export"]));
    const groups = [resources.filter(onHost), resources.filter((r) => !onHost(r))].filter((group) => group.length > 0);
    const [strangers, policies, ...seen] = await Promise.all([
      usersOf(args, resources),
      args.policies === false ? undefined : checkPolicies(args),
      ...groups.map((group, index) => refresh(args, group, join(folder, `events-${index}`))),
    ]);
    const drifted = merged([...seen.flatMap((s) => s.drifted), ...strangers.drifted]);
    const unchecked = [
      ...seen.flatMap((s) => s.unchecked),
      ...strangers.unchecked,
      ...(policies?.verdict === "unchecked" ? [{ urn: "", why: `policies: ${policies.errors.join("; ")}` }] : []),
    ];
    return {
      stack: args.stack,
      verdict: drifted.length > 0 ? "drift" : unchecked.length > 0 ? "unchecked" : "clean",
      resources: drifted,
      unchecked,
      policies: policies?.messages ?? [],
      seconds: Math.round(performance.now() - started) / 1000,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Looked {
  readonly drifted: readonly DriftedResource[];
  readonly unchecked: readonly UncheckedResource[];
}

async function refresh(args: DriftArgs, group: readonly StateResource[], log: string): Promise<Looked> {
  const targets = group.flatMap(({ urn }) => ["--target", urn]);
  const { all, exitCode, timedOut } = await run(
    args.pulumi,
    ["refresh", "--preview-only", ...common(args), "--event-log", log, ...targets],
    {
      ...options(args),
      all: true,
      reject: false,
      timeout: groupDeadline * 1_000,
      killSignal: "SIGINT",
      forceKillAfterDelay: 5_000,
    },
  );
  const { drifted, read, errors } = seenIn(await eventsIn(log));
  const general =
    errors.get("") ?? (timedOut ? `no answer in ${groupDeadline} s` : exitCode === 0 ? undefined : lastLine(all));
  const unchecked = group
    .filter(({ urn }) => errors.has(urn) || !read.has(urn))
    .map(({ urn }) => ({ urn, why: errors.get(urn) ?? general ?? "it was not read" }));
  const failed = new Set(unchecked.map(({ urn }) => urn));
  return { drifted: drifted.filter(({ urn }) => !failed.has(urn)), unchecked };
}

async function usersOf(args: DriftArgs, resources: readonly StateResource[]): Promise<Looked> {
  const settings = JSON.parse(await pulumi(args, ["config", "--json", "--show-secrets"])) as Record<
    string,
    { value?: string } | undefined
  >;
  const value = (key: string) => settings[key]?.value;
  const endpoints = JSON.parse(value("aws:endpoints") ?? "[]") as { iam?: string }[];
  try {
    const drifted = await strangersAtUsers(resources, {
      endpoint: endpoints.find(({ iam }) => iam)?.iam,
      aws: { accessKey: value("aws:accessKey"), secretKey: value("aws:secretKey"), profile: value("aws:profile") },
      caPem: await authority(args.env),
    });
    return { drifted, unchecked: [] };
  } catch (error) {
    const why = `IAM could not be asked for its keys: ${(error as Error).message}`;
    return {
      drifted: [],
      unchecked: resources.filter(({ type }) => type === "aws:iam/user:User").map(({ urn }) => ({ urn, why })),
    };
  }
}

/** Node reads NODE_EXTRA_CA_CERTS when it starts; the engine's environment may name another. */
async function authority(env: DriftArgs["env"]): Promise<string | undefined> {
  const file = env["AWS_CA_BUNDLE"] ?? process.env["AWS_CA_BUNDLE"];
  return file ? readFile(file, "utf8") : undefined;
}

/** One entry a resource, whoever noticed. */
function merged(drifted: readonly DriftedResource[]): DriftedResource[] {
  const byUrn = new Map<string, DriftedResource>();
  for (const resource of drifted) {
    const before = byUrn.get(resource.urn);
    byUrn.set(resource.urn, before ? { ...before, changes: [...before.changes, ...resource.changes] } : resource);
  }
  return [...byUrn.values()];
}

async function pulumi(args: DriftArgs, command: readonly string[]): Promise<string> {
  // `pulumi stack` reads no settings.
  const flags = common(command[0] === "stack" ? { ...args, configFile: undefined } : args);
  const { stdout, stderr, exitCode } = await run(args.pulumi, [...command, ...flags], {
    ...options(args),
    reject: false,
  });
  if (exitCode !== 0)
    throw new Error(`pulumi ${command.join(" ")} --stack ${args.stack}: ${stderr.replace(/^error: /, "").trim()}`);
  return stdout;
}

const common = ({ stack, configFile }: DriftArgs) => [
  "--stack",
  stack,
  "--non-interactive",
  ...(configFile ? ["--config-file", configFile] : []),
];
const options = ({ env }: DriftArgs) =>
  ({ cwd: repoRoot(), env: { ...env, PULUMI_DEBUG_COMMANDS: "true" }, stdin: "ignore" }) as const;
const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";

async function eventsIn(file: string): Promise<EngineEvent[]> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return ""; // the engine refused before it began
    throw error;
  });
  return text
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as EngineEvent);
}
