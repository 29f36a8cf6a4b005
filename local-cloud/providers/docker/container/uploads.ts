import { readFile } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import { pack } from "tar-stream";
import type { Props } from "../../provider";

/** A tar archive, relative to "/", of a container's `uploads`. Owned by root; permissions 0644 unless said otherwise. */
export async function uploadsArchive(uploads: readonly Props[]): Promise<Buffer> {
  const archive = pack();
  for (const upload of uploads) {
    const mode = upload["permissions"]
      ? Number.parseInt(upload["permissions"], 8)
      : upload["executable"]
        ? 0o744
        : 0o644;
    archive.entry(
      { name: String(upload["file"]).replace(/^\/+/, ""), mode, mtime: new Date() },
      await contentOf(upload),
    );
  }
  archive.finalize();
  return buffer(archive);
}

function contentOf({ content, contentBase64, source }: Props): Buffer | Promise<Buffer> {
  if (content) return Buffer.from(content);
  if (contentBase64) return Buffer.from(contentBase64, "base64");
  return readFile(source);
}
