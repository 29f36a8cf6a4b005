import type Docker from "dockerode";
import { isDeepStrictEqual } from "node:util";
import pRetry, { AbortError } from "p-retry";
import { compare, refuseUnsupported } from "../compare";
import type { Props, ResourceType } from "../provider";
import { autoName, failed, labelMap, sorted, statusCode, unlessMissing } from "./api";
import type { Client } from "./client";

const implemented = ["name", "driver", "options", "internal", "attachable", "ipv6", "ipamConfigs", "labels"];
const sets = ["labels", "ipamConfigs"];

/** `docker:index/network:Network`. Nothing of a network can be changed in place. */
export const network: ResourceType<Client> = {
  check: (context, inputs, old) => ({
    inputs: { ...inputs, name: autoName(context, inputs, old) },
    failures: refuseUnsupported(context.type, inputs, implemented),
  }),

  diff: (_context, old, inputs) =>
    compare(old.inputs, inputs, {
      replaceOn: "all",
      deleteBeforeReplace: true,
      same: (key, before, after) => sets.includes(key) && isDeepStrictEqual(sorted(before), sorted(after)),
    }),

  async create({ client }, inputs) {
    const made = await client.docker
      .createNetwork(networkBody(inputs))
      .catch(failed(`create network ${inputs["name"]}`));
    return { id: made.id, props: outputs(inputs, await made.inspect()) };
  },

  async read({ client }, known) {
    const live = await unlessMissing<Docker.NetworkInspectInfo>(client.docker.getNetwork(known.id).inspect());
    return live && { id: live.Id, props: outputs(known.inputs, live), inputs: networkInputs(known.inputs, live) };
  },

  /** Waits up to 30 s for containers that are still leaving, as the real plugin does. */
  async delete({ client, signal }, old) {
    const remove = () =>
      unlessMissing(client.docker.getNetwork(old.id).remove()).catch((error: Error) => {
        throw statusCode(error) === 403 ? error : new AbortError(error);
      });
    await pRetry(remove, { maxRetryTime: 30_000, retries: 30, factor: 1, minTimeout: 1_000, signal }).catch(
      failed(`remove network ${old.props["name"]}`),
    );
  },
};

/** The engine's `POST /networks/create` for the inputs. */
export function networkBody(inputs: Props): Docker.NetworkCreateOptions {
  const { name, driver, options, internal, attachable, ipv6, ipamConfigs, labels } = inputs;
  return {
    Name: name,
    // Engines before API 1.44 would make a second network of the same name.
    CheckDuplicate: true,
    ...(driver !== undefined && { Driver: driver }),
    ...(options !== undefined && { Options: options }),
    ...(internal !== undefined && { Internal: internal }),
    ...(attachable !== undefined && { Attachable: attachable }),
    ...(ipv6 !== undefined && { EnableIPv6: ipv6 }),
    ...(labels !== undefined && { Labels: labelMap(labels) }),
    ...(ipamConfigs !== undefined && {
      IPAM: {
        Config: (ipamConfigs as Props[]).map(({ subnet, gateway, ipRange, auxAddress }) => ({
          ...(subnet && { Subnet: subnet }),
          ...(gateway && { Gateway: gateway }),
          ...(ipRange && { IPRange: ipRange }),
          ...(auxAddress && { AuxiliaryAddresses: auxAddress }),
        })),
      },
    }),
  };
}

/** The last inputs, with what differs in the live network. What the program left to the engine is not compared. */
export function networkInputs(known: Props, live: Docker.NetworkInspectInfo): Props {
  const found: Props = {
    name: live.Name,
    driver: live.Driver,
    internal: live.Internal,
    attachable: live.Attachable,
    ipv6: live.EnableIPv6,
    options: live.Options,
  };
  if (known["name"] === undefined) return { name: live.Name, driver: live.Driver };
  return Object.fromEntries(Object.entries(known).map(([key, value]) => [key, found[key] ?? value]));
}

const outputs = (inputs: Props, live: Docker.NetworkInspectInfo): Props => ({
  ...inputs,
  name: live.Name,
  driver: live.Driver,
  internal: live.Internal,
  scope: live.Scope,
  options: live.Options ?? {},
  ipamConfigs:
    inputs["ipamConfigs"] ??
    (live.IPAM?.Config ?? []).map(({ Subnet, Gateway }: Props) => ({ subnet: Subnet, gateway: Gateway })),
});
