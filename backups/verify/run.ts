import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { z } from "zod";
import { moduleTargets } from "../../components/services/agent";
import { restoreResult } from "../../contracts/agent";
import { gateResult } from "../../contracts/gate";
import { EngineSteps, plainMessage } from "../../engine/events";
import { UpFailed } from "../../engine/up";
import { takeLock } from "../../toolchain/lock";
import { judgeModule, type Seen } from "./judge";
import { readVerification, verificationRecord, writeVerification, type VerificationRecord } from "./record";
import { ScratchStack, type ScratchArgs } from "./scratch";

export interface VerifyArgs extends ScratchArgs {
  /** Where the record of the last verification is, and this one's goes. */
  readonly recordFolder: string;
  /** Ends the rehearsal; the scratch host is destroyed all the same. */
  readonly signal: AbortSignal;
}

/** What the rehearsal's stack puts out, as far as it is looked at (stacks/outputs.ts). */
const outputsSchema = z.object({
  domain: z.string(),
  generation: z.number(),
  restored: z.object({
    manifest: z.string(),
    consistentAt: z.iso.datetime(),
    databaseBytes: z.number(),
    skipped: z.array(z.strictObject({ key: z.string(), reason: z.string() })),
    modules: z.array(restoreResult),
  }),
  gate: gateResult,
});

/**
 * Restores the newest valid set onto a scratch host by the recovery's own program, looks at it, destroys the host, and writes the record.
 * Never rejects for backups that do not restore: that is its result.
 * @throws the signal's reason when it is stopped, after the host was destroyed; or what hinders the beginning
 */
export async function verifyBackups(args: VerifyArgs): Promise<VerificationRecord> {
  const release = await takeLock("verify-backups", args.log);
  const scratch = await ScratchStack.open(args);
  try {
    const before = await readVerification(args.recordFolder);
    await scratch.removeLeftover();
    args.signal.throwIfAborted();
    const record = await rehearse(scratch, args, before);
    await writeVerification(args.recordFolder, record);
    return record;
  } finally {
    await scratch.close();
    await release();
  }
}

async function rehearse(
  scratch: ScratchStack,
  args: VerifyArgs,
  before: VerificationRecord | undefined,
): Promise<VerificationRecord> {
  const startedAt = new Date();
  let looked: Looked;
  let finishedAt = startedAt;
  let leftBehind: string | null = null;
  try {
    looked = await look(scratch, args);
    finishedAt = new Date();
  } finally {
    args.log("the scratch host is destroyed");
    leftBehind = await scratch.remove().then(
      () => null,
      (error: Error) => error.message,
    );
    if (leftBehind !== null)
      args.log(`the scratch host was NOT removed; the next verification removes it first: ${leftBehind}`);
  }
  return recordOf({ looked, startedAt, finishedAt, leftBehind, domain: args.domain, before });
}

/** What was seen, and what the rehearsal put out; without outputs it did not come to its end. */
interface Looked {
  readonly seen: Seen;
  readonly outputs?: z.infer<typeof outputsSchema>;
}

/** @throws the signal's reason, or what is no finding about the backups */
async function look(scratch: ScratchStack, { log, signal }: VerifyArgs): Promise<Looked> {
  const steps = new EngineSteps();
  const starts = new Map<string, number>();
  const failed = new Map<string, string>();
  const onEvent = (event: EngineEvent) => {
    const said = event.diagnosticEvent;
    if (said?.severity === "error" && said.urn) failed.set(nameOf(said.urn), shortened(plainMessage(said.message)));
    const step = steps.accept(event);
    if (!step || !/^(command|docker|hcloud):/.test(step.type) || step.state === "started") return;
    if (step.type.endsWith(":Container") && step.state === "finished") starts.set(step.name, step.seconds);
    if (step.seconds >= 1) log(`${step.name}: ${step.state} after ${step.seconds.toFixed(1)} s`);
  };
  try {
    await scratch.up({ onEvent, signal });
  } catch (error) {
    if (!(error instanceof UpFailed)) throw error;
    const problem = [...failed].map(([name, reason]) => `${name}: ${reason}`).join("; ") || shortened(error.reasons);
    return { seen: { restored: [], starts, failed, problem } };
  }
  const outputs = outputsSchema.parse(await scratch.outputs());
  return { outputs, seen: { checks: outputs.gate.checks, restored: outputs.restored.modules, starts, failed } };
}

const nameOf = (urn: string) => urn.split("::").at(-1)!;

/** Of a command's failure, which repeats all that it wrote: the agent's own last words; of anything else its end. */
const shortened = (message: string): string => {
  const own = message.slice(message.lastIndexOf("\nagent: ") + 1);
  const text = own.startsWith("agent: ") ? own.slice("agent: ".length) : message;
  return text.length <= 600 ? text.trim() : `...${text.slice(-600).trim()}`;
};

interface RecordArgs {
  readonly looked: Looked;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly leftBehind: string | null;
  readonly domain: string;
  readonly before: VerificationRecord | undefined;
}

function recordOf({
  looked: { seen, outputs },
  startedAt,
  finishedAt,
  leftBehind,
  domain,
  before,
}: RecordArgs): VerificationRecord {
  const restored = outputs?.restored;
  const at = finishedAt.toISOString();
  const modules = moduleTargets().map((target) => {
    const judged = judgeModule(target, seen);
    const earlier = before?.modules.find(({ name }) => name === judged.name)?.lastVerified ?? null;
    return {
      ...judged,
      lastVerified: judged.result === "verified" && restored ? { at, manifest: restored.manifest } : earlier,
    };
  });
  return verificationRecord.parse({
    verdict: seen.problem === undefined && modules.every(({ result }) => result === "verified") ? "verified" : "failed",
    startedAt: startedAt.toISOString(),
    finishedAt: at,
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1_000,
    domain,
    set:
      outputs && restored
        ? {
            generation: outputs.generation,
            manifest: restored.manifest,
            consistentAt: restored.consistentAt,
            ageSeconds: Math.round((startedAt.getTime() - Date.parse(restored.consistentAt)) / 1_000),
            databaseBytes: restored.databaseBytes,
            skipped: restored.skipped,
          }
        : null,
    modules,
    problem: seen.problem ?? null,
    leftBehind,
  });
}
