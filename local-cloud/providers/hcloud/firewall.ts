import { isDeepStrictEqual } from "node:util";
import { compare, refuseUnsupported } from "../compare";
import { liveInputs } from "../live-inputs";
import type { Context, Props, ResourceType } from "../provider";
import type { HcloudClient } from "./client";
import { withName } from "./names";

/** `hcloud.Firewall`. Servers take it by their own `firewallIds`; `applyTos` as an input is not implemented. */
export const firewall: ResourceType<HcloudClient> = {
  check: (context, inputs, old) => ({
    inputs: withName(context, inputs, old),
    failures: refuseUnsupported("Firewall", inputs, ["name", "rules", "labels"]),
  }),
  diff: (_, old, inputs) => compare(old.inputs, inputs, { same }),
  async create(context, inputs) {
    const body = { name: inputs["name"], labels: inputs["labels"], rules: (inputs["rules"] ?? []).map(ruleBody) };
    const created = await context.client.send("POST", "/firewalls", body, context.signal);
    await context.client.finish(context, created.actions);
    return { id: String(created.firewall.id), props: await look(context, created.firewall.id) };
  },
  async read({ client, signal }, known) {
    const found = await client.find(`/firewalls/${known.id}`, signal);
    if (!found) return undefined;
    const props = outputs(found.firewall);
    const { applyTos: _, ...live } = props;
    return { id: known.id, props, inputs: liveInputs(known.inputs, live, same) };
  },
  async update(context, old, inputs) {
    const { client, signal } = context;
    await client.send("PUT", `/firewalls/${old.id}`, { name: inputs["name"], labels: inputs["labels"] ?? {} }, signal);
    if (!sameRules(old.inputs["rules"], inputs["rules"])) {
      const body = { rules: (inputs["rules"] ?? []).map(ruleBody) };
      const { actions } = await client.send("POST", `/firewalls/${old.id}/actions/set_rules`, body, signal);
      await client.finish(context, actions);
    }
    return look(context, old.id);
  },
  async delete(context, old) {
    const { client, signal } = context;
    const found = await client.find(`/firewalls/${old.id}`, signal);
    if (!found) return;
    const applied = found.firewall.applied_to;
    if (applied.length > 0) {
      const body = { remove_from: applied.map(({ type, server }: Props) => ({ type, server })) };
      const { actions } = await client.send("POST", `/firewalls/${old.id}/actions/remove_from_resources`, body, signal);
      await client.finish(context, actions);
    }
    await client.send("DELETE", `/firewalls/${old.id}`, undefined, signal);
  },
};

async function look({ client, signal }: Context<HcloudClient>, id: number | string): Promise<Props> {
  return outputs((await client.get(`/firewalls/${id}`, signal)).firewall);
}

export const outputs = (found: Props): Props => ({
  name: found["name"],
  labels: found["labels"],
  rules: found["rules"].map(ruleOutput),
  applyTos: found["applied_to"].map((a: Props) => ({
    server: a["server"]?.id ?? 0,
    labelSelector: a["label_selector"]?.selector ?? "",
  })),
});

const ruleBody = (rule: Props) => ({
  direction: rule["direction"],
  protocol: rule["protocol"],
  port: rule["port"],
  source_ips: rule["sourceIps"],
  destination_ips: rule["destinationIps"],
  description: rule["description"],
});

/** Without what is not set, as a program writes it. */
function ruleOutput(rule: Props): Props {
  const { direction, protocol, port, source_ips, destination_ips, description } = rule;
  return {
    direction,
    protocol,
    ...(port === null ? {} : { port }),
    ...(source_ips.length === 0 ? {} : { sourceIps: source_ips }),
    ...(destination_ips.length === 0 ? {} : { destinationIps: destination_ips }),
    ...(description === null || description === "" ? {} : { description }),
  };
}

const same = (key: string, a: unknown, b: unknown) => key === "rules" && sameRules(a, b);

/** Rules, and the networks of a rule, are sets: their order means nothing. */
function sameRules(a: unknown, b: unknown): boolean {
  const canonical = (rules: unknown) =>
    ((rules ?? []) as Props[])
      .map((rule) =>
        JSON.stringify([
          rule["direction"],
          rule["protocol"],
          rule["port"] ?? "",
          sorted(rule["sourceIps"]),
          sorted(rule["destinationIps"]),
          rule["description"] ?? "",
        ]),
      )
      .sort();
  return isDeepStrictEqual(canonical(a), canonical(b));
}

const sorted = (cidrs: unknown) => [...((cidrs ?? []) as string[])].sort();
