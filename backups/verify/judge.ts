import type { RestoreResult } from "../../contracts/agent";
import type { ModuleTarget } from "../../contracts/freshness";
import type { GateCheck } from "../../contracts/gate";
import { plan } from "../../plan/plan";
import type { VerifiedModule } from "./record";

/** What a rehearsal left to be judged. */
export interface Seen {
  /** Undefined: the gate was not reached. */
  readonly checks?: readonly GateCheck[];
  readonly restored: readonly RestoreResult[];
  /** Seconds of each service's start, by its name. */
  readonly starts: ReadonlyMap<string, number>;
  /** What the engine said of each step that failed, by the step's name. */
  readonly failed: ReadonlyMap<string, string>;
  /** What stopped the rehearsal as a whole, if anything did. */
  readonly problem?: string;
}

/** Modules that a check of the gate says something of, by the check's name (images/agent/src/gate). Undefined: a check that is not known here. */
export function modulesOf(check: string): readonly string[] | undefined {
  const [kind, subject = ""] = check.split(" ");
  switch (kind) {
    case "service":
      return [subject];
    case "database":
      return [subject, "postgres"];
    case "vault":
      return ["vault"];
    case "tenant":
      return check.endsWith(" row") ? ["gateway", "postgres"] : ["odoo"];
    case "shopify":
      return ["gateway", "odoo"];
    case "whatsapp":
      return ["gateway", "chatwoot"];
    case "tls":
      return ["caddy"];
    default:
      return undefined;
  }
}

/** Judges one module: verified only if each of its parts was restored, something was looked at, and all of it holds. */
export function judgeModule(target: ModuleTarget, seen: Seen): Omit<VerifiedModule, "lastVerified"> {
  const name = target.module;
  const wanted = [...(target.database ? ["postgres"] : []), ...target.fileSets];
  const parts = wanted.map((part) => ({ part, line: seen.restored.find(({ module }) => module === part) }));
  // A check that nobody knows here counts for everybody: it must not be lost.
  const checks = (seen.checks ?? []).filter((check) => (modulesOf(check.name) ?? [name]).includes(name));
  const own = parts.filter(({ part }) => part === name || !target.database || target.fileSets.includes(part));
  const took = own.reduce((sum, { line }) => sum + (line ? secondsOf(line) : 0), seen.starts.get(name) ?? 0);
  const evidence = [
    ...parts.flatMap(({ part, line }) => (line ? [restoredWords(part, line)] : [])),
    ...checks.map(({ name: check, ok, evidence: said }) => `${ok ? "" : "FAILED "}${check}: ${said}`),
  ];
  const common = {
    name,
    seconds: seen.starts.has(name) || own.some(({ line }) => line) ? Math.round(took * 10) / 10 : null,
  };
  const missing = parts.filter(({ line }) => line?.outcome !== "restored").map(({ part }) => part);
  const reason = seen.failed.get(name);
  if (checks.some(({ ok }) => !ok) || reason !== undefined)
    return { ...common, result: "failed", evidence: [...(reason === undefined ? [] : [reason]), ...evidence] };
  if (seen.problem !== undefined) {
    // Who is named in what stopped it, failed; of the others nothing is known.
    const named = new RegExp(`\\b(${[name, ...target.fileSets].join("|")})\\b`).test(seen.problem);
    return { ...common, result: named ? "failed" : "not-reached", evidence: [seen.problem, ...evidence] };
  }
  // The host's configuration serves nothing that could be asked: that files of it came back is what is looked at.
  const looked = name === plan.host.set ? parts.some(({ line }) => (line?.files ?? 0) > 0) : checks.length > 0;
  if (missing.length > 0 || !looked)
    return {
      ...common,
      result: "failed",
      evidence: [missing.length > 0 ? `not restored: ${missing.join(", ")}` : "nothing was looked at", ...evidence],
    };
  return { ...common, result: "verified", evidence };
}

const secondsOf = ({ startedAt, finishedAt }: RestoreResult) =>
  (Date.parse(finishedAt) - Date.parse(startedAt)) / 1_000;

function restoredWords(part: string, { files, bytes, detail }: RestoreResult): string {
  const counts = [
    ...(files === undefined ? [] : [`${files} files`]),
    ...(bytes === undefined ? [] : [`${bytes} bytes`]),
  ];
  return `restored and decrypted ${part}: ${[...counts, detail].join(", ")}`;
}
