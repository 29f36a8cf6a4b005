import type Docker from "dockerode";
import { compare } from "../../compare";
import { PartialFailure, type Context, type Props, type ResourceType } from "../../provider";
import { autoName, failed, statusCode, unlessMissing } from "../api";
import type { Client } from "../client";
import { findImage } from "../image";
import { containerBody, updateBody } from "./body";
import { behaviour, checkContainer, updatable } from "./inputs";
import { containerOutputs, liveInputs, sameSetting } from "./live";
import { uploadsArchive } from "./uploads";
import { allLines, untilHealthy } from "./wait";

/** `docker:index/container:Container`. Source: terraform-provider-docker internal/provider/resource_docker_container_funcs.go. */
export const container: ResourceType<Client> = {
  check: (context, inputs, old) => ({
    inputs: { ...inputs, name: autoName(context, inputs, old) },
    failures: checkContainer(context.type, inputs),
  }),

  diff(_context, old, inputs) {
    const inPlace = [...updatable, ...behaviour];
    const { changed } = compare(old.inputs, inputs, {
      same: (key, before, after) => !behaviour.includes(key) && sameSetting(key, before, after),
    });
    const judged = Object.entries(changed).map(([key, { kind }]) => [key, { kind, replace: !inPlace.includes(key) }]);
    // Two containers cannot have one name, nor publish one port.
    return { changed: Object.fromEntries(judged), deleteBeforeReplace: true };
  },

  async create(context, inputs) {
    const { client } = context;
    await findImage(client, inputs["image"]).catch(failed(`create container with image ${inputs["image"]}`));
    const made = await client.docker.createContainer(containerBody(inputs)).catch(failed("create container"));
    const logs = await bringUp(context, made, inputs).catch(async (error: Error) => {
      throw new PartialFailure(made.id, containerOutputs(inputs, await made.inspect()), inputs, error.message);
    });
    return {
      id: made.id,
      props: { ...containerOutputs(inputs, await made.inspect()), ...(logs !== undefined && { containerLogs: logs }) },
    };
  },

  async read({ client }, known) {
    const live = await unlessMissing(client.docker.getContainer(known.id).inspect());
    return live && { id: live.Id, props: containerOutputs(known.inputs, live), inputs: liveInputs(known.inputs, live) };
  },

  async update({ client }, old, inputs) {
    const existing = client.docker.getContainer(old.id);
    const { State: state } = await existing.inspect();
    if (!state.Running && inputs["mustRun"] !== false && inputs["start"] !== false)
      await existing.start().catch(failed("start container"));
    if (updatable.some((key) => !sameSetting(key, old.inputs[key], inputs[key]))) {
      await existing.update(updateBody(inputs)).catch(failed("update container"));
    }
    return containerOutputs(inputs, await existing.inspect());
  },

  async delete({ client }, old) {
    const existing = client.docker.getContainer(old.id);
    const { destroyGraceSeconds = 0, attach, removeVolumes = true } = old.inputs;
    const notRunning = 304;
    if (!attach) {
      const stopped = existing.stop({ t: destroyGraceSeconds }).catch((error: unknown) => {
        if (statusCode(error) !== notRunning) throw error;
      });
      await unlessMissing(stopped).catch(failed(`stop container ${old.props["name"]}`));
    }
    await unlessMissing(existing.remove({ force: true, v: removeVolumes })).catch(
      failed(`remove container ${old.props["name"]}`),
    );
  },
};

/**
 * Connects, fills and starts a new container, and waits for it as far as the program asks.
 * @returns its output, when `attach` and `logs` ask for it
 */
async function bringUp(
  { client, signal }: Context<Client>,
  made: Docker.Container,
  inputs: Props,
): Promise<string | undefined> {
  const { networksAdvanced, uploads, start = true, wait, waitTimeout = 60, attach, logs } = inputs;
  if (networksAdvanced?.length) await connectNetworks(client.docker, made.id, networksAdvanced);
  if (uploads?.length)
    await made.putArchive(await uploadsArchive(uploads), { path: "/" }).catch(failed("upload files"));
  if (!start) return undefined;
  await made.start().catch(failed("start container"));
  if (wait) await untilHealthy(made, waitTimeout, signal);
  if (!attach) return undefined;
  await made.wait({ abortSignal: signal });
  return logs ? allLines(made) : undefined;
}

/** The named networks replace the default one. */
async function connectNetworks(docker: Docker, id: string, networks: readonly Props[]): Promise<void> {
  const { NetworkSettings: settings } = await docker.getContainer(id).inspect();
  if ("bridge" in settings.Networks)
    await docker.getNetwork("bridge").disconnect({ Container: id }).catch(failed("disconnect the default network"));
  for (const { name, aliases, ipv4Address } of networks) {
    const EndpointConfig = {
      ...(aliases && { Aliases: aliases }),
      ...(ipv4Address && { IPAMConfig: { IPv4Address: ipv4Address } }),
    };
    await docker
      .getNetwork(name)
      .connect({ Container: id, EndpointConfig })
      .catch(failed(`connect to network '${name}'`));
  }
}
