import { Agent, request } from "node:https";
import type Docker from "dockerode";
import { addresses } from "../addresses";
import type { Pki } from "../pki";
import type { Log } from "./image";

/** Media types of an image of one platform. */
const manifestTypes =
  "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json";

/**
 * Pushes an image to the local cloud's registry under `reference`, unless the registry has exactly it.
 * @returns name, tag and digest as hosts pull it; the digest is the registry's own word
 */
export async function publish(
  docker: Docker,
  image: string,
  reference: string,
  pki: Pick<Pki, "caPem">,
  log: Log,
): Promise<string> {
  // Docker takes a registry on loopback as it is, whatever its certificate.
  const [repository, tag] = reference.split(":") as [string, string];
  const local = `${addresses.front}:${addresses.registry.port}/${repository}`;
  const pushed = (await docker.getImage(image).inspect()).RepoDigests;
  const before = await registryDigest(reference, pki);
  if (before === undefined || !pushed.includes(`${local}@${before}`)) {
    log(`image ${reference}: pushing to the local cloud's registry`);
    await push(docker, image, local, tag);
  }
  const digest = await registryDigest(reference, pki);
  if (digest === undefined) throw new Error(`${reference}: pushed, but the registry does not know it`);
  return `${addresses.registry.host}:${addresses.registry.port}/${reference}@${digest}`;
}

async function push(docker: Docker, image: string, repository: string, tag: string): Promise<void> {
  await docker.getImage(image).tag({ repo: repository, tag });
  const stream = await docker.getImage(`${repository}:${tag}`).push({ authconfig: { username: "", password: "" } });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(stream, (cause) =>
      cause ? reject(new Error(`pushing ${repository}:${tag}: ${cause.message}`, { cause })) : resolve(),
    ),
  );
}

/** Digest of the manifest that a tag has at the registry, or undefined when the tag is not there. */
async function registryDigest(reference: string, { caPem }: Pick<Pki, "caPem">): Promise<string | undefined> {
  const [repository, tag] = reference.split(":");
  const url = `${addresses.registry.operatorUrl}/v2/${repository}/manifests/${tag}`;
  const agent = new Agent({ ca: caPem });
  const { status, digest } = await new Promise<{ status: number; digest?: string }>((resolve, reject) => {
    request(url, { method: "HEAD", agent, headers: { accept: manifestTypes } }, (response) => {
      response.resume();
      resolve({
        status: response.statusCode!,
        digest: response.headers["docker-content-digest"] as string | undefined,
      });
    })
      .once("error", reject)
      .end();
  });
  if (status === 404) return undefined;
  if (status !== 200 || !digest)
    throw new Error(`${url} answered ${status} ${digest ?? "without a digest"}; see the registry's log`);
  return digest;
}
