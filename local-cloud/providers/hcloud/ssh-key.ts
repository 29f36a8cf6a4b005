import { compare, refuseUnsupported } from "../compare";
import { liveInputs } from "../live-inputs";
import type { Props, ResourceType } from "../provider";
import type { HcloudClient } from "./client";
import { withName } from "./names";

const trimmed = (key: unknown) => String(key).trim();
const same = (key: string, a: unknown, b: unknown) => key === "publicKey" && trimmed(a) === trimmed(b);

const outputs = (key: Props): Props => ({
  name: key["name"],
  publicKey: key["public_key"],
  fingerprint: key["fingerprint"],
  labels: key["labels"],
});

/** `hcloud.SshKey`. Another public key is another key. */
export const sshKey: ResourceType<HcloudClient> = {
  check: (context, inputs, old) => ({
    inputs: withName(context, inputs, old),
    failures: refuseUnsupported("SshKey", inputs, ["name", "publicKey", "labels"]),
  }),
  diff: (_, old, inputs) => compare(old.inputs, inputs, { replaceOn: ["publicKey"], deleteBeforeReplace: true, same }),
  async create({ client, signal }, inputs) {
    const body = { name: inputs["name"], public_key: inputs["publicKey"], labels: inputs["labels"] };
    const { ssh_key: key } = await client.send("POST", "/ssh_keys", body, signal);
    return { id: String(key.id), props: outputs(key) };
  },
  async read({ client, signal }, known) {
    const found = await client.find(`/ssh_keys/${known.id}`, signal);
    if (!found) return undefined;
    const props = outputs(found.ssh_key);
    const { fingerprint: _, ...live } = props;
    return { id: known.id, props, inputs: liveInputs(known.inputs, live, same) };
  },
  async update({ client, signal }, old, inputs) {
    const { ssh_key: key } = await client.send(
      "PUT",
      `/ssh_keys/${old.id}`,
      { name: inputs["name"], labels: inputs["labels"] ?? {} },
      signal,
    );
    return outputs(key);
  },
  async delete({ client, signal }, old) {
    if (await client.find(`/ssh_keys/${old.id}`, signal))
      await client.send("DELETE", `/ssh_keys/${old.id}`, undefined, signal);
  },
};
