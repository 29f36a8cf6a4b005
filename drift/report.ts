import type { DriftReport } from "./model";

/** For people: what drifted, property by property, and how to reconcile it. */
export function reportText(report: DriftReport): string {
  const name = (urn: string) => urn.split("::").at(-1) ?? urn;
  const drifted = report.resources.flatMap(({ urn, type, kind, changes }) => [
    `${kind === "deleted" ? "DELETED  " : "CHANGED  "} ${name(urn)} (${type})`,
    ...changes.map(({ path, expected, actual }) => `            ${path}: ${shown(expected)} -> ${shown(actual)}`),
  ]);
  const unchecked = report.unchecked.map(
    ({ urn, why }) => `UNCHECKED ${urn === "" ? report.stack : name(urn)}: ${why}`,
  );
  const policies = report.policies.map(
    ({ policy, level, message }) => `${level === "mandatory" ? "VIOLATION" : "ADVICE   "} ${policy}: ${message}`,
  );
  const last = {
    clean: `stack ${report.stack}: no drift (${report.seconds} s)`,
    drift:
      `stack ${report.stack}: ${report.resources.length} resource${report.resources.length === 1 ? "" : "s"} drifted (${report.seconds} s)\n` +
      `reconcile: put the world back as the program says: pulumi up --refresh --stack ${report.stack}\n` +
      `       or: keep it so: change the program or its settings, then the same command\n` +
      `first look for who did it: a key, a right or an open port that nobody of you made is an incident`,
    unchecked: `stack ${report.stack}: no drift seen, but ${report.unchecked.length} could not be checked (${report.seconds} s); fix what is named above, then run it again`,
  }[report.verdict];
  return [...drifted, ...unchecked, ...policies, last].join("\n");
}

function shown(value: unknown): string {
  if (value === undefined) return "(not there)";
  const text = JSON.stringify(value);
  return text.length > 300 ? `${text.slice(0, 300)}...` : text;
}
