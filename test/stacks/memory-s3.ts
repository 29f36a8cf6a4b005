import {
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { vi } from "vitest";
import type { ManifestBody } from "../../contracts/manifest";
import { objectsOf } from "./manifests";

const refusal = (name: string, httpStatusCode: number) =>
  new S3ServiceException({ name, $fault: "client", $metadata: { httpStatusCode }, message: name });

/** A bucket in memory behind the SDK's client, with conditional puts; nothing leaves the process. */
export class MemoryS3 {
  readonly objects = new Map<string, string>();
  /** When everything in it was written. */
  writtenAt = new Date("2026-11-24T04:00:00.000Z");
  /** Answers every request with this. */
  fails: Error | undefined;

  constructor() {
    this.answerAll();
  }

  /** What a finished cycle leaves beside its manifest, as far as a preflight looks for it. */
  holdObjectsOf(body: ManifestBody): this {
    for (const key of objectsOf(body)) this.objects.set(key, "there");
    return this;
  }

  /** Takes every request from now on. */
  answerAll(): void {
    vi.spyOn(S3Client.prototype, "send").mockImplementation(((command: unknown) => this.answer(command)) as never);
  }

  /** The store as it refuses wrong credentials. */
  refuse(name: string, status: number): void {
    this.fails = refusal(name, status);
  }

  private async answer(command: unknown): Promise<unknown> {
    if (this.fails) throw this.fails;
    if (command instanceof ListObjectsV2Command) {
      const { Prefix = "", Delimiter } = command.input;
      const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix));
      if (Delimiter === undefined) return { Contents: keys.map((Key) => ({ Key, LastModified: this.writtenAt })) };
      const folders = new Set(keys.map((key) => key.slice(0, key.indexOf(Delimiter, Prefix.length) + 1)));
      return { CommonPrefixes: [...folders].map((folder) => ({ Prefix: folder })) };
    }
    if (command instanceof ListObjectVersionsCommand) {
      const { Prefix = "" } = command.input;
      const found = [...this.objects].filter(([key]) => key.startsWith(Prefix));
      const facts = { VersionId: "1", IsLatest: true, LastModified: this.writtenAt };
      return { Versions: found.map(([Key, text]) => ({ Key, Size: text.length, ETag: text, ...facts })) };
    }
    if (command instanceof GetObjectCommand) {
      const text = this.objects.get(command.input.Key!);
      if (text === undefined) throw refusal("NoSuchKey", 404);
      return { Body: { transformToString: () => Promise.resolve(text) } };
    }
    if (command instanceof PutObjectCommand) {
      if (command.input.IfNoneMatch === "*" && this.objects.has(command.input.Key!))
        throw refusal("PreconditionFailed", 412);
      this.objects.set(command.input.Key!, String(command.input.Body));
      return {};
    }
    throw new Error(`memory S3: ${String(command)} is not implemented`);
  }
}
