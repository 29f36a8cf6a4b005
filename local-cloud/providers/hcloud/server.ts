import { createHash } from "node:crypto";
import { compare, refuseUnsupported } from "../compare";
import { liveInputs } from "../live-inputs";
import { PartialFailure, type Context, type Props, type ResourceType } from "../provider";
import type { HcloudClient } from "./client";
import { withName } from "./names";

const supported = [
  "name",
  "serverType",
  "image",
  "location",
  "sshKeys",
  "userData",
  "labels",
  "firewallIds",
  "deleteProtection",
  "rebuildProtection",
  "shutdownBeforeDeletion",
];

/** `hcloud.Server`. What decides a server's birth (image, location, user data, keys) replaces it; the rest is changed in place. */
export const server: ResourceType<HcloudClient> = {
  check: (context, inputs, old) => {
    const { datacenter, ...others } = inputs;
    const failures = refuseUnsupported("Server", others, supported);
    if (datacenter !== undefined) {
      failures.push({
        property: "datacenter",
        reason: `received "${datacenter}"; the API no longer accepts a data centre; fix: use "location", such as "nbg1"`,
      });
    }
    return { inputs: withName(context, inputs, old), failures };
  },
  diff: (_, old, inputs) =>
    compare(old.inputs, inputs, {
      replaceOn: ["image", "location", "userData", "sshKeys"],
      deleteBeforeReplace: true,
      same,
    }),

  async create(context, inputs) {
    const { client, signal } = context;
    const body = await order(context, inputs);
    const created = await client.send("POST", "/servers", body, signal);
    const id = String(created.server.id);
    try {
      await client.finish(context, [created.action, ...created.next_actions]);
      await protect(context, id, inputs, {});
    } catch (error) {
      const props = { ...inputs, ...outputs(created.server, inputs) };
      throw new PartialFailure(
        id,
        props,
        inputs,
        `server ${inputs["name"]} (${id}) was created but did not start: ${(error as Error).message}; fix: run pulumi up again, which starts it`,
      );
    }
    return { id, props: await look(context, id, inputs) };
  },

  async read({ client, signal }, known) {
    const found = await client.find(`/servers/${known.id}`, signal);
    if (!found) return undefined;
    const props = { ...known.props, ...outputs(found.server, known.inputs) };
    return { id: known.id, props, inputs: liveInputs(known.inputs, readable(props), same) };
  },

  async update(context, old, inputs) {
    const { client, signal } = context;
    const live = (await client.get(`/servers/${old.id}`, signal)).server;
    if (inputs["serverType"] !== old.inputs["serverType"]) {
      throw new Error(
        `the stand-in for Server does not change the type in place (${old.inputs["serverType"]} to ${inputs["serverType"]}); fix: replace the server, or use the real plugin`,
      );
    }
    // The engine also updates what `create` has left unfinished.
    if (live.status === "initializing") {
      await client.finish(context, [
        (await client.send("POST", `/servers/${old.id}/actions/poweron`, {}, signal)).action,
      ]);
    }
    await client.send("PUT", `/servers/${old.id}`, { name: inputs["name"], labels: inputs["labels"] ?? {} }, signal);
    await setFirewalls(context, live, inputs["firewallIds"] ?? []);
    await protect(context, old.id, inputs, old.inputs);
    return look(context, old.id, inputs);
  },

  async delete(context, old) {
    const { client, signal } = context;
    if (!(await client.find(`/servers/${old.id}`, signal))) return;
    if (old.inputs["shutdownBeforeDeletion"]) {
      await client.finish(context, [
        (await client.send("POST", `/servers/${old.id}/actions/shutdown`, {}, signal)).action,
      ]);
    }
    await client.finish(context, [(await client.send("DELETE", `/servers/${old.id}`, undefined, signal)).action]);
  },
};

/** The order: names become what the API wants, each looked up first, so that a wrong one is named. */
async function order({ client, signal }: Context<HcloudClient>, inputs: Props): Promise<Props> {
  const [type] = await client.list("/server_types", { name: inputs["serverType"] }, signal);
  if (!type)
    throw new Error(
      `serverType: received "${inputs["serverType"]}"; no such server type; fix: ask hcloud.getServerTypes`,
    );
  const [image] = await client.list(
    "/images",
    { name: inputs["image"], architecture: type["architecture"], include_deprecated: "true" },
    signal,
  );
  if (!image)
    throw new Error(
      `image: received "${inputs["image"]}"; no such image for ${type["architecture"]}; fix: a name such as "debian-12"`,
    );
  const keys = await Promise.all(
    ((inputs["sshKeys"] ?? []) as string[]).map(async (key): Promise<number> => {
      const found = /^\d+$/.test(key)
        ? (await client.find(`/ssh_keys/${key}`, signal))?.ssh_key
        : (await client.list("/ssh_keys", { name: key }, signal))[0];
      if (!found)
        throw new Error(`sshKeys: received "${key}"; no such SSH key; fix: the id or name of an hcloud.SshKey`);
      return found.id;
    }),
  );
  return {
    name: inputs["name"],
    server_type: type["name"],
    image: image["id"],
    ssh_keys: keys,
    location: inputs["location"],
    user_data: inputs["userData"],
    labels: inputs["labels"],
    firewalls: ((inputs["firewallIds"] ?? []) as number[]).map((id) => ({ firewall: id })),
  };
}

async function look({ client, signal }: Context<HcloudClient>, id: string, inputs: Props): Promise<Props> {
  return outputs((await client.get(`/servers/${id}`, signal)).server, inputs);
}

export function outputs(found: Props, inputs: Props): Props {
  const network: string = found["public_net"].ipv6.ip;
  const image = found["image"];
  return {
    name: found["name"],
    serverType: found["server_type"].name,
    image: inputs["image"] === String(image.id) ? inputs["image"] : image.name,
    location: found["location"].name,
    datacenter: found["datacenter"].name,
    labels: found["labels"],
    firewallIds: found["public_net"].firewalls.map((f: Props) => f["id"]),
    sshKeys: inputs["sshKeys"],
    userData:
      inputs["userData"] === undefined ? undefined : createHash("sha1").update(inputs["userData"]).digest("base64"),
    ipv4Address: found["public_net"].ipv4.ip,
    ipv6Address: network.replace(/\/64$/, "1"),
    ipv6Network: network,
    status: found["status"],
    backups: found["backup_window"] !== null,
    backupWindow: found["backup_window"] ?? "",
    primaryDiskSize: found["primary_disk_size"],
    deleteProtection: found["protection"].delete,
    rebuildProtection: found["protection"].rebuild,
    shutdownBeforeDeletion: inputs["shutdownBeforeDeletion"] ?? false,
    allowDeprecatedImages: false,
    ignoreRemoteFirewallIds: false,
    keepDisk: false,
  };
}

/** The inputs that the API tells. User data and keys are not among them. */
const readable = ({
  name,
  serverType,
  image,
  location,
  labels,
  firewallIds,
  deleteProtection,
  rebuildProtection,
}: Props): Props => ({
  name,
  serverType,
  image,
  location,
  labels,
  firewallIds,
  deleteProtection,
  rebuildProtection,
});

/** The order of firewalls means nothing. */
const same = (key: string, a: unknown, b: unknown) =>
  key === "firewallIds" && Array.isArray(a) && Array.isArray(b) && [...a].sort().join() === [...b].sort().join();

async function setFirewalls(context: Context<HcloudClient>, live: Props, wanted: readonly number[]): Promise<void> {
  const { client, signal } = context;
  const now: number[] = live["public_net"].firewalls.map((f: Props) => f["id"]);
  const target = [{ type: "server", server: { id: live["id"] } }];
  for (const id of wanted.filter((id) => !now.includes(id))) {
    await client.finish(
      context,
      (await client.send("POST", `/firewalls/${id}/actions/apply_to_resources`, { apply_to: target }, signal)).actions,
    );
  }
  for (const id of now.filter((id) => !wanted.includes(id))) {
    await client.finish(
      context,
      (await client.send("POST", `/firewalls/${id}/actions/remove_from_resources`, { remove_from: target }, signal))
        .actions,
    );
  }
}

async function protect(context: Context<HcloudClient>, id: string, inputs: Props, old: Props): Promise<void> {
  const wanted = { delete: inputs["deleteProtection"] ?? false, rebuild: inputs["rebuildProtection"] ?? false };
  if (wanted.delete === (old["deleteProtection"] ?? false) && wanted.rebuild === (old["rebuildProtection"] ?? false))
    return;
  const { action } = await context.client.send(
    "POST",
    `/servers/${id}/actions/change_protection`,
    wanted,
    context.signal,
  );
  await context.client.finish(context, [action]);
}
