import type { GateCheck, GateResult } from "../../contracts/gate";
import { checklist, sampleTenants, type ChecklistId } from "../../plan/organisation";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import type { ServiceName } from "../../plan/model";
import { gateCheckSaid, gateSubject } from "../gate/say";
import type { GateCheckKind } from "../gate/words";
import type { Container } from "../inside";
import type { Language } from "../language";
import { joined, sayer, unasked, verbatim, type Said } from "../said";
import type { Look } from "../status/look";
import { evidenceWords } from "./words";

/** An item of the plan's checklist (C2), as it was found. */
export interface Item {
  readonly id: ChecklistId;
  readonly ok: boolean;
  /** What was looked at, and what was seen. */
  readonly evidence: Said;
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

const say = sayer(evidenceWords);

/** Every item of the checklist, each by its own evidence. */
export const evaluate = (findings: Findings): Item[] => checklist.map(({ id }) => ({ id, ...check[id](findings) }));

/** As they are kept and printed: text. */
export const inLanguage = (items: readonly Item[], lang: Language): WrittenItem[] =>
  items.map((item) => ({ ...item, evidence: item.evidence(lang) }));
export type WrittenItem = Omit<Item, "evidence"> & { readonly evidence: string };

const check: Readonly<Record<ChecklistId, (findings: Findings) => Found>> = {
  "containers-up": ({ look }) =>
    inside(look, (containers) => {
      const wanted = [...plan.services.map(({ name }) => name), "agent"];
      const bad = wanted.flatMap((name) => {
        const found = containers.find((c) => c.name === name);
        if (!found) return [say("absent", name)];
        const well = found.status === "running" && (found.health === undefined || found.health === "healthy");
        return well ? [] : [verbatim(`${name}: ${[found.status, found.health].filter(Boolean).join(", ")}`)];
      });
      return bad.length > 0
        ? { ok: false, evidence: joined(bad) }
        : { ok: true, evidence: say("containersWell", wanted.length) };
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
    if (silent.length > 0) return { ok: false, evidence: say("noCertificateOf", silent.join(", ")) };
    if (ends.length === 0) return { ok: false, evidence: say("noCertificate") };
    const first = new Date(Math.min(...ends.map((end) => Date.parse(end)))).toISOString();
    const ownAuthority = look.certificate?.issuer === "internal";
    return { ok: true, evidence: say(ownAuthority ? "certificatesOfOurs" : "certificates", ends.length, first) };
  },
  "dns-active": ({ look }) => {
    const { activeAddress } = look;
    if (activeAddress === undefined) return { ok: false, evidence: say("addressUnknown") };
    const answers = look.dns.map(({ resolver, answer }) => ({
      resolver,
      address: answer.state === "answered" ? answer.value : undefined,
    }));
    const said = answers.map(({ resolver, address }) =>
      address === undefined ? say("resolverSilent", resolver) : verbatim(`${resolver}: ${address}`),
    );
    return {
      ok: answers.every(({ address }) => (look.proxied ? address !== undefined : address === activeAddress)),
      evidence: joined([...said, say("activeSite", activeAddress)]),
    };
  },
  "tenants-sample": ({ gate }) =>
    gated(gate, ["tenantRow", "tenantFiles"], (checks) => {
      const tenants = new Set(checks.map((c) => gateSubject(c, "tenantRow", "tenantFiles"))).size;
      return tenants < sampleTenants ? say("fewTenants", tenants, sampleTenants) : undefined;
    }),
  "shopify-webhooks": ({ gate }) => gated(gate, ["shopify"]),
  "whatsapp-chatwoot": ({ gate }) => gated(gate, ["whatsapp"]),
  "logs-rotating": ({ look }) =>
    inside(look, (containers) => {
      const endless = containers.filter((c) => !c.logsRotate).map(({ name }) => name);
      return endless.length > 0
        ? { ok: false, evidence: say("endlessLogs", endless.join(", ")) }
        : { ok: true, evidence: say("logsRotate", containers.length) };
    }),
  "backups-running": ({ look }) => {
    if (look.backups.state !== "answered") return { ok: false, evidence: unasked(look.backups) };
    const { newest, active } = look.backups.value;
    if (!newest || active === undefined) return { ok: false, evidence: say("noValidSet") };
    const age = (Date.parse(look.at) - Date.parse(newest.body.consistentAt)) / 1_000;
    return {
      ok: age <= missedCycles * seconds(plan.backupCycle),
      evidence: say("newestSet", active, newest.key, Math.round(age)),
    };
  },
  "monitoring-active": ({ look }) =>
    inside(look, (containers) => {
      const ours = containers.filter(({ name }) => name === "agent" || plan.services.some((s) => s.name === name));
      const blind = ours.filter((c) => c.health === undefined || c.said === undefined).map(({ name }) => name);
      const stays = ours.filter((c) => c.restartPolicy === "no").map(({ name }) => name);
      if (blind.length > 0) return { ok: false, evidence: say("unwatched", blind.join(", ")) };
      if (stays.length > 0) return { ok: false, evidence: say("stayDown", stays.join(", ")) };
      const agent = ours.find(({ name }) => name === "agent");
      const state = agent?.health === undefined ? say("absent", "agent") : verbatim(agent.health);
      return { ok: agent?.health === "healthy", evidence: say("watched", ours.length, state) };
    }),
  "incident-documented": ({ incident }) =>
    incident === undefined ? { ok: false, evidence: say("noIncident") } : { ok: true, evidence: verbatim(incident) },
};

function outside(look: Look, module: ServiceName): Found {
  const { outside: asked } = look.modules.find((m) => m.module === module)!;
  if (asked.state !== "answered") return { ok: false, evidence: unasked(asked) };
  return { ok: asked.value.well, evidence: verbatim(asked.value.well ? asked.value.evidence : asked.value.said) };
}

const inside = (look: Look, judge: (containers: readonly Container[]) => Found): Found =>
  look.inside.state === "answered"
    ? judge(look.inside.value)
    : { ok: false, evidence: say("activeHost", unasked(look.inside)) };

/** What the gate proved; with when, as it is not asked again. @param more what else is asked of these checks: a reason when it does not hold */
function gated(
  gate: GateResult | undefined,
  kinds: readonly GateCheckKind[],
  more: (checks: readonly GateCheck[]) => Said | undefined = () => undefined,
): Found {
  const checks = gate?.checks.filter((c) => gateSubject(c, ...kinds) !== undefined) ?? [];
  if (!gate || checks.length === 0) return { ok: false, evidence: say("notGated") };
  const lacking = more(checks);
  const bad = checks.filter(({ ok }) => !ok);
  const found = say("gated", gate.finishedAt, joined((bad.length > 0 ? bad : checks).map(gateCheckSaid)));
  return {
    ok: bad.length === 0 && lacking === undefined,
    evidence: lacking === undefined ? found : joined([lacking, found]),
  };
}
