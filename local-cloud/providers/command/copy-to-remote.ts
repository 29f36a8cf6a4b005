import { randomBytes } from "node:crypto";
import { readFile, readdir, stat } from "node:fs/promises";
import { posix, basename, join } from "node:path";
import type { Client, SFTPWrapper, Stats } from "ssh2";
import { compare, refuseUnsupported } from "../compare";
import { isUnknown, type Context, type Props, type ResourceType } from "../provider";
import { checkConnection, connect, type Connection } from "./connection";

/** `command:remote:CopyToRemote`: copies a text, a file or a folder by SFTP. Source: pulumi-command .../remote/copyController.go. */
export const copyToRemote: ResourceType<void> = {
  check(context, inputs) {
    const { connection, failures } = checkConnection(inputs["connection"] ?? {});
    const unsupported = refuseUnsupported(context.type, inputs, ["connection", "source", "remotePath", "triggers"]);
    const { source } = inputs;
    const known = isUnknown(source) || typeof source?.text === "string" || typeof source?.path === "string";
    const badSource = known
      ? []
      : [
          {
            property: "source",
            reason: "the stand-in takes a StringAsset, a FileAsset or a FileArchive; fix: use one of these",
          },
        ];
    return { inputs: { ...inputs, connection }, failures: [...failures, ...unsupported, ...badSource] };
  },

  diff: (_context, old, inputs) =>
    compare(old.inputs, inputs, {
      replaceOn: ["triggers"],
      same: (key, before, after) => key === "source" && hash(before) === hash(after),
    }),

  async create(context, inputs) {
    await copy(context, inputs);
    return { id: randomBytes(8).toString("hex"), props: inputs };
  },

  read: (_context, known) => Promise.resolve(known),

  async update(context, old, inputs) {
    const moved =
      hash(old.inputs["source"]) !== hash(inputs["source"]) || old.inputs["remotePath"] !== inputs["remotePath"];
    if (moved) await copy(context, inputs);
    return inputs;
  },

  // As the real one: what was copied stays.
  delete: () => Promise.resolve(),
};

const hash = (source: unknown): string | undefined => (source as { hash?: string } | undefined)?.hash;

async function copy(context: Context<void>, inputs: Props): Promise<void> {
  const client = await connect(inputs["connection"] as Connection, context.signal, (message) =>
    context.log("debug", message),
  );
  try {
    const files = new RemoteFiles(await sftp(client));
    const { source, remotePath } = inputs;
    if (typeof source.text === "string") await copyText(files, source.text, remotePath);
    else await copyPath(files, source.path, remotePath);
  } finally {
    client.end();
  }
}

async function copyText(files: RemoteFiles, text: string, target: string): Promise<void> {
  if ((await files.stat(target))?.isDirectory())
    throw new Error(`remote path ${target} is a directory; fix: name the file in "remotePath"`);
  await files.write(target, Buffer.from(text));
}

/**
 * source  | target is a folder | target is missing | target is a file
 * dir     | target/dir         | target/dir        | error
 * dir/    | target/*           | target/*          | error
 * file    | target/file        | target            | overwritten
 */
async function copyPath(files: RemoteFiles, source: string, target: string): Promise<void> {
  const there = await files.stat(target);
  if (!(await stat(source)).isDirectory()) {
    return files.write(there?.isDirectory() ? posix.join(target, basename(source)) : target, await readFile(source));
  }
  if (there && !there.isDirectory()) throw new Error(`remote path ${target} exists but is not a directory`);
  await copyDirectory(files, source, source.endsWith("/") ? target : posix.join(target, basename(source)));
}

async function copyDirectory(files: RemoteFiles, source: string, target: string): Promise<void> {
  await files.makeDirectory(target);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const [from, to] = [join(source, entry.name), posix.join(target, entry.name)];
    if (entry.isDirectory()) await copyDirectory(files, from, to);
    else await files.write(to, await readFile(from));
  }
}

const sftp = (client: Client): Promise<SFTPWrapper> =>
  new Promise((resolve, reject) => client.sftp((error, session) => (error ? reject(error) : resolve(session))));

/** SFTP with promises and with parents made on the way. */
class RemoteFiles {
  constructor(readonly session: SFTPWrapper) {}

  /** @returns undefined when there is nothing */
  stat(path: string): Promise<Stats | undefined> {
    const noSuchFile = 2; // SSH_FX_NO_SUCH_FILE
    return new Promise((resolve, reject) =>
      this.session.stat(path, (error, stats) => {
        if (!error) resolve(stats);
        else if ((error as { code?: unknown }).code === noSuchFile) resolve(undefined);
        else reject(new Error(`remote path ${path}: ${error.message}`));
      }),
    );
  }

  async makeDirectory(path: string): Promise<void> {
    if (path === "/" || path === "." || (await this.stat(path))) return;
    await this.makeDirectory(posix.dirname(path));
    await this.#done(path, (callback) => this.session.mkdir(path, callback));
  }

  async write(path: string, content: Buffer): Promise<void> {
    await this.makeDirectory(posix.dirname(path));
    await this.#done(path, (callback) => this.session.writeFile(path, content, callback));
  }

  #done(path: string, start: (callback: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) =>
      start((error) => (error ? reject(new Error(`remote path ${path}: ${error.message}`)) : resolve())),
    );
  }
}
