import { compare, refuseUnsupported } from "../compare";
import { liveInputs } from "../live-inputs";
import type { Props, ResourceType } from "../provider";
import type { HcloudClient } from "./client";

const outputs = (volume: Props): Props => ({ volumeId: volume["id"], serverId: volume["server"], automount: false });

/** `hcloud.VolumeAttachment`: a volume shown to a server. Its id is the volume's. */
export const volumeAttachment: ResourceType<HcloudClient> = {
  check: (_, inputs) => ({ inputs, failures: refuseUnsupported("VolumeAttachment", inputs, ["serverId", "volumeId"]) }),
  diff: (_, old, inputs) => compare(old.inputs, inputs, { replaceOn: "all", deleteBeforeReplace: true }),
  async create(context, inputs) {
    const { client, signal } = context;
    const path = `/volumes/${inputs["volumeId"]}`;
    await client.finish(context, [
      (await client.send("POST", `${path}/actions/attach`, { server: inputs["serverId"] }, signal)).action,
    ]);
    return { id: String(inputs["volumeId"]), props: outputs((await client.get(path, signal)).volume) };
  },
  async read({ client, signal }, known) {
    const volume = (await client.find(`/volumes/${known.id}`, signal))?.volume;
    if (!volume || volume.server === null) return undefined;
    const props = outputs(volume);
    return { id: known.id, props, inputs: liveInputs(known.inputs, { volumeId: volume.id, serverId: volume.server }) };
  },
  async delete(context, old) {
    const { client, signal } = context;
    const volume = (await client.find(`/volumes/${old.id}`, signal))?.volume;
    if (!volume || volume.server !== old.props["serverId"]) return;
    await client.finish(context, [(await client.send("POST", `/volumes/${old.id}/actions/detach`, {}, signal)).action]);
  },
};
