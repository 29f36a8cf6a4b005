import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineEventsEnv, readEngineEvents } from "../engine/events";
import { checkPolicies } from "../policy/run";
import { PulumiConfig } from "../stacks/secrets/pulumi-config";
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
    const resources = resourcesOf(await exported(args));
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
  const { drifted, read, errors } = seenIn(await readEngineEvents(log));
  const general =
    errors.get("") ?? (timedOut ? `no answer in ${groupDeadline} s` : exitCode === 0 ? undefined : lastLine(all));
  const unchecked = group
    .filter(({ urn }) => errors.has(urn) || !read.has(urn))
    .map(({ urn }) => ({ urn, why: errors.get(urn) ?? general ?? "it was not read" }));
  const failed = new Set(unchecked.map(({ urn }) => urn));
  return { drifted: drifted.filter(({ urn }) => !failed.has(urn)), unchecked };
}

/** Settings that say how IAM is reached. */
const iamKeys = ["aws:endpoints", "aws:accessKey", "aws:secretKey", "aws:profile"];

async function usersOf(args: DriftArgs, resources: readonly StateResource[]): Promise<Looked> {
  const values = await new PulumiConfig({ ...args, cwd: repoRoot() }).values(iamKeys);
  const endpoints = JSON.parse(values.get("aws:endpoints") ?? "[]") as { iam?: string }[];
  try {
    const access = {
      endpoint: endpoints.find(({ iam }) => iam)?.iam,
      accessKey: values.get("aws:accessKey"),
      secretKey: values.get("aws:secretKey"),
      profile: values.get("aws:profile"),
    };
    const drifted = await strangersAtUsers(resources, access, await authority(args.env));
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

async function exported(args: DriftArgs): Promise<string> {
  const { stack } = args;
  const { stdout, stderr, exitCode } = await run(
    args.pulumi,
    ["stack", "export", "--stack", stack, "--non-interactive"],
    { ...options(args), reject: false },
  );
  if (exitCode !== 0) throw new Error(`pulumi stack export --stack ${stack}: ${stderr.replace(/^error: /, "").trim()}`);
  return stdout;
}

const common = ({ stack, configFile }: DriftArgs) => [
  "--stack",
  stack,
  "--non-interactive",
  ...(configFile ? ["--config-file", configFile] : []),
];
const options = ({ env }: DriftArgs) =>
  ({ cwd: repoRoot(), env: { ...env, ...engineEventsEnv }, stdin: "ignore" }) as const;
const lastLine = (text: string) => text.trimEnd().split("\n").at(-1) ?? "";
