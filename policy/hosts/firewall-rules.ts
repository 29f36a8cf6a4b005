import { UNKNOWN, type Finding, type Resource } from "../core/model";
import { clear, listAt } from "../core/values";

/** An inbound rule of hcloud.Firewall. */
export interface InboundRule {
  readonly path: string;
  readonly protocol: string;
  /** Ports, both included; every port when the rule names none. */
  readonly ports: { readonly from: number; readonly to: number };
  readonly world: boolean;
}

const isWorld = (network: unknown): boolean => typeof network === "string" && network.endsWith("/0");

const portsOf = (port: unknown): InboundRule["ports"] => {
  const text = String(port ?? "any");
  if (text === "any") return { from: 1, to: 65_535 };
  const [from = "", to = from] = text.split("-");
  return { from: Number(from), to: Number(to) };
};

/** The inbound rules that can be judged, and findings for those that cannot yet. */
export function inboundRules(firewall: Resource): { rules: InboundRule[]; unknown: Finding[] } {
  const all = listAt(firewall, "rules");
  if (all === UNKNOWN) return { rules: [], unknown: [{ property: "rules", unknown: true }] };
  const rules: InboundRule[] = [];
  const unknown: Finding[] = [];
  for (const [index, raw] of all.entries()) {
    const path = `rules[${index}]`;
    const rule = raw as Record<string, unknown> | typeof UNKNOWN;
    if (rule === UNKNOWN) {
      unknown.push({ property: path, unknown: true });
      continue;
    }
    if (rule["direction"] !== "in") continue;
    const sources = clear(rule["sourceIps"]);
    const list: unknown[] = Array.isArray(sources) ? sources.map(clear) : [sources];
    // A known source of the world is enough, whatever else is in the list.
    const world = list.some(isWorld);
    if (!world && list.includes(UNKNOWN)) unknown.push({ property: `${path}.sourceIps`, unknown: true });
    else rules.push({ path, protocol: String(rule["protocol"]), ports: portsOf(rule["port"]), world });
  }
  return { rules, unknown };
}
