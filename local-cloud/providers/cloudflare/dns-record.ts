import { compare, refuseUnsupported } from "../compare";
import { liveInputs } from "../live-inputs";
import { isUnknown, type CheckFailure, type Existing, type Props, type ResourceType } from "../provider";
import type { CloudflareClient } from "./client";
import { recordOutputs, settingsBody } from "./record-outputs";

const supported = ["zoneId", "name", "type", "content", "ttl", "proxied", "comment", "tags", "settings"];

/**
 * `cloudflare.DnsRecord`. Imported by `zoneId/recordId`; changed in place by one PUT, so that a taken-over record is never gone and never
 * doubled. Another zone is another record.
 */
export const dnsRecord: ResourceType<CloudflareClient> = {
  check: (_, inputs) => ({
    inputs,
    failures: [...refuseUnsupported("DnsRecord", inputs, supported), ...checkTtl(inputs)],
  }),
  diff: (_, old, inputs) =>
    compare(withDefaults(old.inputs), withDefaults(inputs), { replaceOn: ["zoneId"], deleteBeforeReplace: true, same }),

  async create({ client, signal }, inputs) {
    const record = await client.send("POST", `/zones/${inputs["zoneId"]}/dns_records`, body(inputs), signal);
    return { id: record["id"], props: { zoneId: inputs["zoneId"], ...recordOutputs(record) } };
  },

  async read({ client, signal }, known) {
    const { zoneId, recordId } = locate(known);
    const record = await client.find(`/zones/${zoneId}/dns_records/${recordId}`, signal);
    if (!record) return undefined;
    const props: Props = { zoneId, ...recordOutputs(record) };
    const live = Object.fromEntries(supported.map((key) => [key, props[key]]));
    // A default that the program left out can drift too, such as a record that someone made proxied.
    const given = Object.keys(known.inputs).length === 0 ? {} : withDefaults(known.inputs);
    return { id: recordId, props, inputs: withoutDefaults(liveInputs(given, live, same), known.inputs) };
  },

  async update({ client, signal }, old, inputs) {
    const { zoneId, recordId } = locate(old);
    const record = await client.send("PUT", `/zones/${zoneId}/dns_records/${recordId}`, body(inputs), signal);
    return { zoneId, ...recordOutputs(record) };
  },

  async delete({ client, signal }, old) {
    const { zoneId, recordId } = locate(old);
    const path = `/zones/${zoneId}/dns_records/${recordId}`;
    if (await client.find(path, signal)) await client.send("DELETE", path, undefined, signal);
  },
};

/** What Cloudflare's API refuses or silently changes, said before anything is done. */
function checkTtl({ ttl, proxied }: Props): CheckFailure[] {
  if (isUnknown(ttl) || isUnknown(proxied)) return [];
  if (proxied === true && ttl !== 1)
    return [{ property: "ttl", reason: `received ${ttl}; a proxied record has ttl 1 (automatic); fix: ttl: 1` }];
  if (ttl === 1 || (ttl >= 60 && ttl <= 86400)) return [];
  return [{ property: "ttl", reason: `received ${ttl}; allowed: 60 to 86400 seconds, or 1 (automatic)` }];
}

/** An import names the record as `zoneId/recordId`; from then on its id is the record's, and the zone is in its state. */
function locate({ id, props }: Existing): { zoneId: string; recordId: string } {
  const [first, second] = id.split("/");
  if (second !== undefined) return { zoneId: first!, recordId: second };
  const zoneId: string | undefined = props["zoneId"];
  if (zoneId === undefined)
    throw new Error(
      `DnsRecord: received the import id "${id}"; allowed: "zoneId/recordId"; fix: put the zone's id in front`,
    );
  return { zoneId, recordId: id };
}

const defaults: Props = { proxied: false, tags: [], settings: {} };

/** Not given and given as the default mean the same. */
const withDefaults = (inputs: Props): Props => ({ ...defaults, ...inputs });

/** Leaves out what the program did not give and is as by default. `settings: {}` comes back with three undefined fields. */
function withoutDefaults(inputs: Props, given: Props): Props {
  return Object.fromEntries(
    Object.entries(inputs).filter(
      ([key, value]) => key in given || JSON.stringify(value) !== JSON.stringify(defaults[key]),
    ),
  );
}

function same(key: string, a: unknown, b: unknown): boolean {
  if (key === "name" || key === "type") return String(a).toLowerCase() === String(b).toLowerCase();
  if (key === "tags")
    return JSON.stringify([...((a ?? []) as string[])].sort()) === JSON.stringify([...((b ?? []) as string[])].sort());
  if (key === "settings")
    return JSON.stringify(settingsBody((a ?? {}) as Props)) === JSON.stringify(settingsBody((b ?? {}) as Props));
  return false;
}

const body = (inputs: Props) => {
  const { name, type, content, ttl, proxied, tags, settings } = withDefaults(inputs);
  return { name, type, content, ttl, proxied, tags, settings: settingsBody(settings), comment: inputs["comment"] };
};
