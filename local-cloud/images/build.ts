import type Docker from "dockerode";
import type { Pki } from "../pki";
import { catalogue, type ImageName } from "./catalogue";
import { ensureImage, type Log } from "./image";
import { publish } from "./publish";

/** An image in the outer Docker, and the name that it gets in the registry. */
export interface BuiltImage {
  readonly name: ImageName;
  readonly image: string;
  readonly reference: string;
}

export interface BuildImagesArgs {
  readonly docker: Docker;
  /** `ensureBaseImages`' base. */
  readonly base: string;
  /** Path of Vault's server; all other images are built before it is waited for. */
  readonly vault: Promise<string>;
  readonly log: Log;
}

/** Builds every service image. What is there already is only looked up. */
export async function buildImages({ docker, base, vault, log }: BuildImagesArgs): Promise<BuiltImage[]> {
  const images: Record<string, string> = { base };
  const built: BuiltImage[] = [];
  for await (const { spec, reference, on } of catalogue(vault)) {
    const image = await ensureImage(docker, spec, images[on]!, log);
    images[spec.name] = image;
    built.push({ name: spec.name as ImageName, image, reference });
  }
  return built;
}

export interface PublishImagesArgs {
  readonly docker: Docker;
  readonly built: readonly BuiltImage[];
  readonly pki: Pick<Pki, "caPem">;
  readonly log: Log;
}

/**
 * Pushes images to the local cloud's registry, which must run; one after the other, so that a shared layer is compressed once.
 * @returns by service: "registry.local-cloud.test:5000/NAME:TAG@sha256:DIGEST"
 */
export async function publishImages({
  docker,
  built,
  pki,
  log,
}: PublishImagesArgs): Promise<Record<ImageName, string>> {
  const published: Partial<Record<ImageName, string>> = {};
  for (const { name, image, reference } of built) published[name] = await publish(docker, image, reference, pki, log);
  // Images that have lost their name to newer content.
  await docker.pruneImages({ filters: { dangling: ["true"] } });
  return published as Record<ImageName, string>;
}
