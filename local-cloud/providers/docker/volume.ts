import type Docker from "dockerode";
import { isDeepStrictEqual } from "node:util";
import pRetry, { AbortError } from "p-retry";
import { compare, refuseUnsupported } from "../compare";
import type { Props, ResourceType } from "../provider";
import { autoName, failed, labelMap, sorted, statusCode, unlessMissing } from "./api";
import type { Client } from "./client";

const implemented = ["name", "driver", "driverOpts", "labels"];

/** `docker:index/volume:Volume`. A volume that exists under the name is taken over, as the engine does it. */
export const volume: ResourceType<Client> = {
  check: (context, inputs, old) => ({
    inputs: { ...inputs, name: autoName(context, inputs, old) },
    failures: refuseUnsupported(context.type, inputs, implemented),
  }),

  diff: (_context, old, inputs) =>
    compare(old.inputs, inputs, {
      replaceOn: "all",
      deleteBeforeReplace: true,
      same: (key, before, after) => key === "labels" && isDeepStrictEqual(sorted(before), sorted(after)),
    }),

  async create({ client }, inputs) {
    const { name } = inputs;
    await client.docker.createVolume(volumeBody(inputs)).catch(failed(`create volume ${name}`));
    return { id: name, props: outputs(inputs, await client.docker.getVolume(name).inspect()) };
  },

  async read({ client }, known) {
    const live = await unlessMissing<Docker.VolumeInspectInfo>(client.docker.getVolume(known.id).inspect());
    return live && { id: live.Name, props: outputs(known.inputs, live), inputs: volumeInputs(known.inputs, live) };
  },

  /** Waits up to 30 s for a container that still uses it, as the real plugin does. */
  async delete({ client, signal }, old) {
    const remove = () =>
      unlessMissing(client.docker.getVolume(old.id).remove()).catch((error: Error) => {
        throw statusCode(error) === 409 ? error : new AbortError(error);
      });
    await pRetry(remove, { maxRetryTime: 30_000, retries: 30, factor: 1, minTimeout: 1_000, signal }).catch(
      failed(`remove volume ${old.id}`),
    );
  },
};

/** The engine's `POST /volumes/create` for the inputs. */
export function volumeBody({ name, driver, driverOpts, labels }: Props): Docker.VolumeCreateOptions {
  return {
    Name: name,
    ...(driver !== undefined && { Driver: driver }),
    ...(driverOpts !== undefined && { DriverOpts: driverOpts }),
    ...(labels !== undefined && { Labels: labelMap(labels) }),
  };
}

/** The last inputs, with what differs in the live volume. */
export function volumeInputs(known: Props, live: Docker.VolumeInspectInfo): Props {
  const found: Props = { name: live.Name, driver: live.Driver, driverOpts: live.Options ?? {} };
  if (known["name"] === undefined) return { name: live.Name, driver: live.Driver };
  return Object.fromEntries(Object.entries(known).map(([key, value]) => [key, found[key] ?? value]));
}

const outputs = (inputs: Props, live: Docker.VolumeInspectInfo): Props => ({
  ...inputs,
  name: live.Name,
  driver: live.Driver,
  driverOpts: live.Options ?? undefined,
  mountpoint: live.Mountpoint,
});
