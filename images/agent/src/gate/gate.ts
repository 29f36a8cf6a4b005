import pRetry from "p-retry";
import type { GateCheck, GateResult, GateSpec } from "../../../../contracts/gate";
import { type Log, messageOf } from "../log";
import type { Check } from "./check";
import { databaseChecks, tenantChecks } from "./data";
import { serviceChecks, vaultChecks } from "./services";
import { tlsChecks } from "./tls";
import { webhookChecks } from "./webhooks";

const retryMilliseconds = 500;

/** Looks at everything side by side, each again until it holds or the deadline has passed. Never throws for a failed check. */
export async function gate(spec: GateSpec, log: Log): Promise<GateResult> {
  const checks = [
    ...serviceChecks(spec),
    ...vaultChecks(spec),
    ...databaseChecks(spec),
    ...tenantChecks(spec),
    ...webhookChecks(spec),
    ...tlsChecks(spec),
  ];
  return judgeAll(checks, spec.deadlineSeconds, log);
}

/** The verdict over checks that are made side by side. @param seconds in which each must hold; it is looked at again until then */
export async function judgeAll(checks: readonly Check[], seconds: number, log: Log): Promise<GateResult> {
  const deadline = AbortSignal.timeout(seconds * 1000);
  const results = await Promise.all(checks.map((check) => judge(check, deadline, log)));
  return { passed: results.every(({ ok }) => ok), finishedAt: new Date().toISOString(), checks: results };
}

async function judge({ name, look }: Check, deadline: AbortSignal, log: Log): Promise<GateCheck> {
  let last: unknown;
  const attempt = async () => {
    try {
      return await look();
    } catch (error) {
      last = error;
      throw error;
    }
  };
  try {
    const evidence = await pRetry(attempt, {
      retries: Infinity,
      factor: 1,
      minTimeout: retryMilliseconds,
      signal: deadline,
    });
    log.info("check-passed", { name, evidence });
    return { name, ok: true, evidence };
  } catch (error) {
    const evidence = messageOf(last ?? error);
    log.error("check-failed", last ?? error, { name });
    return { name, ok: false, evidence };
  }
}
