import type { GateCheck, GateResult } from "../../contracts/gate";
import { checklist, sampleTenants, type ChecklistId } from "../../plan/organisation";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import type { ServiceName } from "../../plan/model";
import type { Asked } from "../ask";
import type { Container } from "../inside";
import type { Look } from "../status/look";
import { oneLine } from "../table";

/** An item of the plan's checklist (C2), as it was found. */
export interface Item {
  readonly id: ChecklistId;
  readonly ok: boolean;
  /** What was looked at, and what was seen. */
  readonly evidence: string;
}

export interface Findings {
  readonly look: Look;
  /** Of the last recovery: what was proved with data before DNS moved. */
  readonly gate?: GateResult;
  /** File of the incident's record; undefined: there is none of this generation. */
  readonly incident?: string;
}

/** A set that is older than so many cycles says that the backups do not run. */
const missedCycles = 4;

type Found = Omit<Item, "id">;

/** Every item of the checklist, each by its own evidence. */
export const evaluate = (findings: Findings): Item[] =>
  checklist.map(({ id }) => ({ id, ...oneLined(check[id](findings)) }));

const oneLined = ({ ok, evidence }: Found): Found => ({ ok, evidence: oneLine(evidence) });

const check: Readonly<Record<ChecklistId, (findings: Findings) => Found>> = {
  "containers-up": ({ look }) =>
    inside(look, (containers) => {
      const wanted = [...plan.services.map(({ name }) => name), "agent"];
      const bad = wanted.flatMap((name) => {
        const found = containers.find((c) => c.name === name);
        if (!found) return [`${name}: not there`];
        const well = found.status === "running" && (found.health === undefined || found.health === "healthy");
        return well ? [] : [`${name}: ${[found.status, found.health].filter(Boolean).join(", ")}`];
      });
      return { ok: bad.length === 0, evidence: bad.join("; ") || `${wanted.length} containers run and are healthy` };
    }),
  "gateway-health": ({ look }) => outside(look, "gateway"),
  "postgres-connections": ({ look }) => outside(look, "postgres"),
  "vault-unsealed": ({ look }) => outside(look, "vault"),
  "tls-valid": ({ look }) => {
    const ends = look.modules.flatMap(({ outside: o }) =>
      o.state === "answered" && o.value.well ? [o.value.certificateUntil] : [],
    );
    const silent = look.modules
      .filter(({ outside: o }) => o.state === "silent" || o.state === "failed")
      .map(({ module }) => module);
    if (ends.length === 0 || silent.length > 0)
      return { ok: false, evidence: `no certificate seen of ${silent.join(", ") || "any module"}` };
    const first = new Date(Math.min(...ends.map((end) => Date.parse(end))));
    const authority =
      look.certificate?.issuer === "internal"
        ? " (the site's own authority, whose signature is not checked from here)"
        : "";
    return {
      ok: true,
      evidence: `${ends.length} names served with valid certificates${authority}; the first ends at ${first.toISOString()}`,
    };
  },
  "dns-active": ({ look }) => {
    if (look.activeAddress === undefined) return { ok: false, evidence: "the active site's address is not known" };
    const answers = look.dns.map(({ resolver, answer }) => ({
      resolver,
      address: answer.state === "answered" ? answer.value : undefined,
    }));
    const said = answers.map(({ resolver, address }) => `${resolver}: ${address ?? "no answer"}`).join("; ");
    return {
      ok: answers.every(({ address }) => (look.proxied ? address !== undefined : address === look.activeAddress)),
      evidence: `${said}; active site: ${look.activeAddress}`,
    };
  },
  "tenants-sample": ({ gate }) =>
    gated(gate, /^tenant /, (checks) => {
      const tenants = new Set(checks.map(({ name }) => name.split(" ")[1])).size;
      return tenants < sampleTenants
        ? `${tenants} tenants in smarteros:site.tenants, the plan asks for ${sampleTenants}`
        : undefined;
    }),
  "shopify-webhooks": ({ gate }) => gated(gate, /^shopify /),
  "whatsapp-chatwoot": ({ gate }) => gated(gate, /^whatsapp /),
  "logs-rotating": ({ look }) =>
    inside(look, (containers) => {
      const endless = containers.filter((c) => !c.logsRotate).map(({ name }) => name);
      return {
        ok: endless.length === 0,
        evidence:
          endless.length > 0
            ? `grow without end: ${endless.join(", ")}`
            : `logs of ${containers.length} containers rotate`,
      };
    }),
  "backups-running": ({ look }) => {
    if (look.backups.state !== "answered") return { ok: false, evidence: unasked(look.backups) };
    const { newest, active } = look.backups.value;
    if (!newest) return { ok: false, evidence: "no valid backup set of the active generation" };
    const age = (Date.parse(look.at) - Date.parse(newest.body.consistentAt)) / 1_000;
    return {
      ok: age <= missedCycles * seconds(plan.backupCycle),
      evidence: `generation ${active}: newest set ${newest.key}, ${Math.round(age)} s old, both signatures hold`,
    };
  },
  "monitoring-active": ({ look }) =>
    inside(look, (containers) => {
      const ours = containers.filter(({ name }) => name === "agent" || plan.services.some((s) => s.name === name));
      const blind = ours.filter((c) => c.health === undefined || c.said === undefined).map(({ name }) => name);
      const stays = ours.filter((c) => c.restartPolicy === "no").map(({ name }) => name);
      if (blind.length > 0) return { ok: false, evidence: `nobody looks at: ${blind.join(", ")}` };
      if (stays.length > 0) return { ok: false, evidence: `stay down when they fall: ${stays.join(", ")}` };
      const agent = ours.find(({ name }) => name === "agent");
      return {
        ok: agent?.health === "healthy",
        evidence: `${ours.length} health checks run and restart what falls; the agent's, which holds backups to their RPO: ${agent?.health ?? "not there"}`,
      };
    }),
  "incident-documented": ({ incident }) => ({
    ok: incident !== undefined,
    evidence: incident ?? "no incident report of this generation",
  }),
};

function outside(look: Look, module: ServiceName): Found {
  const { outside: asked } = look.modules.find((m) => m.module === module)!;
  if (asked.state !== "answered") return { ok: false, evidence: unasked(asked) };
  return asked.value.well ? { ok: true, evidence: asked.value.evidence } : { ok: false, evidence: asked.value.said };
}

const inside = (look: Look, judge: (containers: readonly Container[]) => Found): Found =>
  look.inside.state === "answered"
    ? judge(look.inside.value)
    : { ok: false, evidence: `the active host: ${unasked(look.inside)}` };

/** What the gate proved; with when, as it is not asked again. @param more what else is asked of these checks: a reason when it does not hold */
function gated(
  gate: GateResult | undefined,
  names: RegExp,
  more: (checks: readonly GateCheck[]) => string | undefined = () => undefined,
): Found {
  const checks = gate?.checks.filter(({ name }) => names.test(name)) ?? [];
  if (!gate || checks.length === 0) return { ok: false, evidence: "the recovery's gate did not look at it" };
  const lacking = more(checks);
  const bad = checks.filter(({ ok }) => !ok);
  const shown = (bad.length > 0 ? bad : checks).map(({ name, evidence }) => `${name}: ${evidence}`).join("; ");
  return {
    ok: bad.length === 0 && lacking === undefined,
    evidence: `${lacking === undefined ? "" : `${lacking}; `}gate of ${gate.finishedAt}: ${shown}`,
  };
}

const unasked = (asked: Exclude<Asked<unknown>, { state: "answered" }>): string =>
  asked.state === "silent" ? `no answer in ${asked.seconds} s` : asked.reason;
