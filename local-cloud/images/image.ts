import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import tar from "tar-stream";

/** One image to build: a folder with a Dockerfile that begins with `ARG BASE`, `FROM ${BASE}`. */
export interface ImageSpec {
  /** Its name in the outer Docker is `smarteros-build/<name>:<content key>`. */
  readonly name: string;
  /** The Dockerfile and the files that it copies. */
  readonly folder: string;
  /** Only these files of the folder. @default all */
  readonly only?: readonly string[];
  /** Further files for the Dockerfile to copy: path in the build's context -> file on this machine. */
  readonly files?: Readonly<Record<string, string>>;
  /** Build arguments besides BASE. */
  readonly args?: Readonly<Record<string, string>>;
}

export type Log = (line: string) => void;

/** Name under which an image with this content is kept. */
export const cacheName = (name: string, key: string) => `smarteros-build/${name}:${key}`;

/**
 * Builds the image unless one with the same content is there: the key covers every file, the arguments and the base.
 * Builds may reach package mirrors: they run in the machine's own network, behind its proxies.
 * @returns the image's name in the outer Docker
 */
export async function ensureImage(docker: Docker, spec: ImageSpec, base: string, log: Log): Promise<string> {
  const files = await contextFiles(spec);
  const args = { BASE: base, ...spec.args };
  const key = await contentKey(files, args);
  const image = cacheName(spec.name, key);
  if (await imageExists(docker, image)) return image;

  log(`image ${spec.name}: building`);
  const stream = await docker.buildImage(packContext(files) as unknown as NodeJS.ReadableStream, {
    t: image,
    buildargs: { ...proxyArgs(), ...args },
    networkmode: "host",
    forcerm: true,
  });
  await followBuild(docker, stream, spec.name);
  await removeOthers(docker, spec.name, image);
  return image;
}

export async function imageExists(docker: Docker, image: string): Promise<boolean> {
  return docker
    .getImage(image)
    .inspect()
    .then(
      () => true,
      (error: { statusCode?: number }) => (error.statusCode === 404 ? false : Promise.reject(error)),
    );
}

/** Older content under the same name is a cache that nothing asks for any more; what containers still use stays. */
export async function removeOthers(docker: Docker, name: string, keep: string): Promise<void> {
  const images = await docker.listImages({ filters: { reference: [`smarteros-build/${name}`] } });
  for (const tag of images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag !== keep)) {
    await docker
      .getImage(tag)
      .remove()
      .catch((error: { statusCode?: number }) => {
        if (error.statusCode !== 409) throw error;
      });
  }
}

interface ContextFile {
  /** Path in the context. */
  readonly path: string;
  readonly file: string;
  readonly mode: number;
  readonly size: number;
}

async function contextFiles(spec: ImageSpec): Promise<ContextFile[]> {
  const entries = await readdir(spec.folder, { recursive: true, withFileTypes: true });
  const inFolder = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(spec.folder, join(entry.parentPath, entry.name)));
  const all = [
    ...(spec.only ?? inFolder).map((path) => ({ path, file: join(spec.folder, path) })),
    ...Object.entries(spec.files ?? {}).map(([path, file]) => ({ path, file })),
  ];
  const described = all.map(async ({ path, file }) => {
    const { mode, size } = await stat(file);
    return { path, file, mode: mode & 0o111 ? 0o755 : 0o644, size };
  });
  return (await Promise.all(described)).sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function contentKey(files: ContextFile[], args: Record<string, string>): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([args, files.map(({ path, mode }) => [path, mode])]));
  for (const { file } of files) for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex").slice(0, 16);
}

/** The context as a tar stream; times are fixed, so that Docker's own layer cache sees equal files as equal. */
function packContext(files: ContextFile[]): Readable {
  const pack = tar.pack();
  const write = async () => {
    for (const { path, file, mode, size } of files) {
      const entry = pack.entry({ name: path, mode, size, mtime: new Date(0) });
      await pipeline(createReadStream(file), entry);
    }
    pack.finalize();
  };
  write().catch((error: Error) => pack.destroy(error));
  return Readable.from(pack);
}

/** Docker takes these names as build arguments without a declaration, and keeps them out of the image. */
function proxyArgs(): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]!]] : [])));
}

/** Waits for a build; a failure names the image and shows the end of the output. */
async function followBuild(docker: Docker, stream: NodeJS.ReadableStream, name: string): Promise<void> {
  const output: string[] = [];
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(
      stream,
      (error) => (error ? reject(error) : resolve()),
      ({ stream: text, error }: { stream?: string; error?: string }) => output.push(error ?? text ?? ""),
    ),
  ).catch((cause: Error) => {
    const end = output.join("").trimEnd().split("\n").slice(-15).join("\n");
    throw new Error(`image ${name} could not be built: ${cause.message}; the end of its output:\n${end}`, { cause });
  });
}
