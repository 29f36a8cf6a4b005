import type Docker from "dockerode";
import { compare, refuseUnsupported } from "../compare";
import type { Props, ResourceType } from "../provider";
import { failed, unlessMissing } from "./api";
import type { Client } from "./client";

const implemented = ["name", "keepLocally", "forceRemove", "pullTriggers", "triggers", "platform"];

/** `docker:index/remoteImage:RemoteImage`: an image that is on the host, pulled if it was not. */
export const remoteImage: ResourceType<Client> = {
  check: (context, inputs) => ({ inputs, failures: refuseUnsupported(context.type, inputs, implemented) }),

  diff: (_context, old, inputs) =>
    compare(old.inputs, inputs, { replaceOn: ["name", "platform", "pullTriggers", "triggers"] }),

  async create({ client }, inputs) {
    const image = await findImage(client, inputs["name"], inputs["platform"]);
    return { id: image.Id + inputs["name"], props: outputs(inputs, image) };
  },

  async read({ client }, known) {
    // An id is the image's id with its name after it; sha256:<64 hex> is 71 characters.
    const name: string = known.inputs["name"] ?? known.id.slice(71);
    const image = await unlessMissing(client.docker.getImage(name).inspect());
    if (!image) return undefined;
    const inputs = { ...known.inputs, name };
    return { id: image.Id + name, props: outputs(inputs, image), inputs };
  },

  async update({ client }, _old, inputs) {
    return outputs(inputs, await findImage(client, inputs["name"], inputs["platform"]));
  },

  async delete({ client }, old) {
    const { name, keepLocally, forceRemove } = old.inputs;
    if (keepLocally) return;
    await unlessMissing(client.docker.getImage(name).remove({ force: forceRemove ?? false })).catch(
      failed(`remove Docker image ${name}`),
    );
  },
};

/**
 * An image on the host, pulled when it is not there.
 * @param name tag, digest ("repo@sha256:...") or image id ("sha256:...", which cannot be pulled)
 */
export async function findImage(
  { docker, registryAuth }: Client,
  name: string,
  platform?: string,
): Promise<Docker.ImageInspectInfo> {
  const local = await unlessMissing(docker.getImage(name).inspect());
  if (local) return local;
  if (name.startsWith("sha256:"))
    throw new Error(
      `image ${name} is not on the host, and an image id cannot be pulled; fix: name it by repository and digest`,
    );
  const auth = registryAuth.find(
    ({ address }) => registryOf(name) === address.replace(/^https?:\/\//, "").replace(/\/.*$/, ""),
  );
  const authconfig = auth && { username: auth.username, password: auth.password, serveraddress: auth.address };
  const progress = await docker
    .pull(name, { ...(authconfig && { authconfig }), ...(platform && { platform }) })
    .catch(failed(`pull image ${name}`));
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
  ).catch(failed(`pull image ${name}`));
  return docker
    .getImage(name)
    .inspect()
    .catch(failed(`find image ${name} after its pull`));
}

/** The registry part of an image's name. @example registryOf("registry.test:5000/a/b:1") === "registry.test:5000" */
export function registryOf(name: string): string {
  const [first = "", ...rest] = name.split("/");
  const isHost = rest.length > 0 && (first.includes(".") || first.includes(":") || first === "localhost");
  return isHost ? first : "registry-1.docker.io";
}

/** The repository of a name, without tag and digest. */
const repositoryOf = (name: string): string => name.replace(/@.*$/, "").replace(/:[^/]*$/, "");

/** The digest under which the image was pulled: of the name's own repository if there is one. Empty for one that was built on the host. */
export function repoDigest(name: string, digests: readonly string[] = []): string {
  return digests.find((digest) => digest.startsWith(`${repositoryOf(name)}@`)) ?? digests[0] ?? "";
}

const outputs = (inputs: Props, image: Docker.ImageInspectInfo): Props => ({
  ...inputs,
  imageId: image.Id,
  repoDigest: repoDigest(inputs["name"], image.RepoDigests),
});
