import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import { bootstrapDebian } from "./debian";
import { cacheName, ensureImage, imageExists, removeOthers, type Log } from "./image";

/** The two images under all others. */
export interface BaseImages {
  /** Debian with Node, for containers. */
  readonly base: string;
  /** Debian with sshd, dockerd and cloud-init: the OS of emulated hosts. */
  readonly host: string;
}

/** Makes what is missing of the base images: a minute and a half the first time, nothing later. */
export async function ensureBaseImages(docker: Docker, log: Log): Promise<BaseImages> {
  const debian = await ensureDebian(docker, log);
  const [host, base] = await Promise.all(
    ["host", "base"].map((name) => ensureImage(docker, { name, folder: join(__dirname, name) }, debian, log)),
  );
  return { base: base!, host: host! };
}

/** Debian's key is the program that makes it: it is not made anew for a newer package. */
async function ensureDebian(docker: Docker, log: Log): Promise<string> {
  const key = createHash("sha256")
    .update(await readFile(join(__dirname, "debian.ts")))
    .digest("hex")
    .slice(0, 16);
  const image = cacheName("debian", key);
  if (await imageExists(docker, image)) return image;

  const { archive, folder } = await bootstrapDebian(log);
  try {
    log("image debian: importing");
    const [repo, tag] = image.split(":");
    const stream = await docker.importImage(createReadStream(archive), { repo, tag });
    await new Promise<void>((resolve, reject) =>
      docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
  await removeOthers(docker, "debian", image);
  return image;
}
