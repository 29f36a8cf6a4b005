import { compare, refuseUnsupported } from "../compare";
import { liveInputs } from "../live-inputs";
import { PartialFailure, type Context, type Props, type ResourceType } from "../provider";
import type { HcloudClient } from "./client";
import { withName } from "./names";

/** `hcloud.Volume`. It grows and moves between servers in place; another location or file system is another volume. */
export const volume: ResourceType<HcloudClient> = {
  check: (context, inputs, old) => {
    const failures = refuseUnsupported("Volume", inputs, [
      "name",
      "size",
      "serverId",
      "location",
      "format",
      "labels",
      "deleteProtection",
    ]);
    if (inputs["serverId"] === undefined && inputs["location"] === undefined) {
      failures.push({ property: "location", reason: "neither serverId nor location is set; fix: give one of them" });
    }
    return { inputs: withName(context, inputs, old), failures };
  },
  diff: (_, old, inputs) =>
    compare(old.inputs, inputs, { replaceOn: ["location", "format"], deleteBeforeReplace: true }),

  async create(context, inputs) {
    const { client, signal } = context;
    const { name, size, serverId, location, format, labels } = inputs;
    const body = { name, size, format, labels, ...(serverId === undefined ? { location } : { server: serverId }) };
    const created = await client.send("POST", "/volumes", body, signal);
    const id = String(created.volume.id);
    try {
      await client.finish(context, [created.action, ...created.next_actions]);
      await protect(context, id, inputs, {});
    } catch (error) {
      throw new PartialFailure(
        id,
        outputs(created.volume),
        inputs,
        `volume ${name} (${id}) was created but not attached: ${(error as Error).message}; fix: run pulumi up again`,
      );
    }
    return { id, props: await look(context, id) };
  },

  async read({ client, signal }, known) {
    const found = await client.find(`/volumes/${known.id}`, signal);
    if (!found) return undefined;
    const props = outputs(found.volume);
    const { linuxDevice: _, ...live } = props;
    const inputs = liveInputs(known.inputs, live);
    // A server's location is the volume's: a program gives one of the two.
    if (inputs["serverId"] !== undefined && known.inputs["location"] === undefined) delete inputs["location"];
    return { id: known.id, props, inputs };
  },

  async update(context, old, inputs) {
    const { client, signal } = context;
    const live = (await client.get(`/volumes/${old.id}`, signal)).volume;
    await client.send("PUT", `/volumes/${old.id}`, { name: inputs["name"], labels: inputs["labels"] ?? {} }, signal);
    if (inputs["size"] !== live.size) await act(context, old.id, "resize", { size: inputs["size"] });
    if ((inputs["serverId"] ?? null) !== live.server) {
      if (live.server !== null) await act(context, old.id, "detach", {});
      if (inputs["serverId"] !== undefined) await act(context, old.id, "attach", { server: inputs["serverId"] });
    }
    await protect(context, old.id, inputs, old.inputs);
    return look(context, old.id);
  },

  async delete(context, old) {
    const found = await context.client.find(`/volumes/${old.id}`, context.signal);
    if (!found) return;
    if (found.volume.server !== null) await act(context, old.id, "detach", {});
    await context.client.send("DELETE", `/volumes/${old.id}`, undefined, context.signal);
  },
};

async function act(context: Context<HcloudClient>, id: string, command: string, body: Props): Promise<void> {
  const { action } = await context.client.send("POST", `/volumes/${id}/actions/${command}`, body, context.signal);
  await context.client.finish(context, [action]);
}

async function look({ client, signal }: Context<HcloudClient>, id: string): Promise<Props> {
  return outputs((await client.get(`/volumes/${id}`, signal)).volume);
}

const outputs = (found: Props): Props => ({
  name: found["name"],
  size: found["size"],
  serverId: found["server"] ?? undefined,
  location: found["location"].name,
  format: found["format"] ?? undefined,
  linuxDevice: found["linux_device"],
  labels: found["labels"],
  deleteProtection: found["protection"].delete,
});

async function protect(context: Context<HcloudClient>, id: string, inputs: Props, old: Props): Promise<void> {
  const wanted = inputs["deleteProtection"] ?? false;
  if (wanted !== (old["deleteProtection"] ?? false)) await act(context, id, "change_protection", { delete: wanted });
}
