import type { IncomingMessage, ServerResponse } from "node:http";
import { forgetKey, StateFile } from "../emulator/state-file";
import type { Upstream } from "../tls-front";
import { claimed, isVerified, readSmallBody } from "./signed";
import { sendS3Error, sendXml } from "./xml";

/** A bucket's sub-resource that versitygw does not implement. */
interface DocumentKind {
  /** Root element of the document. */
  readonly root: string;
  /** What S3 answers when there is none. */
  readonly absent: { readonly code: string; readonly message: string } | { readonly document: string };
}

const kinds: Readonly<Record<string, DocumentKind>> = {
  lifecycle: {
    root: "LifecycleConfiguration",
    absent: { code: "NoSuchLifecycleConfiguration", message: "The lifecycle configuration does not exist" },
  },
  encryption: {
    root: "ServerSideEncryptionConfiguration",
    absent: {
      code: "ServerSideEncryptionConfigurationNotFoundError",
      message: "The server side encryption configuration was not found",
    },
  },
  publicAccessBlock: {
    root: "PublicAccessBlockConfiguration",
    absent: {
      code: "NoSuchPublicAccessBlockConfiguration",
      message: "The public access block configuration was not found",
    },
  },
  replication: {
    root: "ReplicationConfiguration",
    absent: { code: "ReplicationConfigurationNotFoundError", message: "The replication configuration was not found" },
  },
  logging: {
    root: "BucketLoggingStatus",
    absent: { document: '<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>' },
  },
};

/** Sent with a lifecycle document and returned with it; the real provider plugin waits until it reads what it wrote. */
const minimumSizeHeader = "x-amz-transition-default-minimum-object-size";
const defaultMinimumSize = "all_storage_classes_128K";

interface Stored {
  readonly xml: string;
  readonly minimumSize?: string;
}
type State = Record<string, Partial<Record<string, Stored>>>;

/**
 * The bucket configurations that versitygw answers 501 to: lifecycle, encryption, public access block, replication, logging.
 * A stand-in that keeps the documents alone: nothing expires, nothing is replicated, logged, encrypted or blocked by them.
 * Unlike S3 today, a new bucket has no encryption and no public access block until one is put. Only the account's root may
 * use them; the signature is checked by versitygw.
 */
export class BucketDocuments {
  private readonly store: StateFile<State>;

  constructor(
    file: string,
    private readonly rootAccessKey: string,
  ) {
    this.store = new StateFile<State>(file, () => ({}));
  }

  /** The document that a request is about, if it is about one. */
  match(url: URL): { bucket: string; kind: string } | undefined {
    const [bucket, ...key] = url.pathname.slice(1).split("/");
    const kind = Object.keys(kinds).find((name) => url.searchParams.has(name));
    return bucket && key.join("") === "" && kind ? { bucket, kind } : undefined;
  }

  async handle(
    target: { bucket: string; kind: string },
    s3: Upstream,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readSmallBody(request);
    if (!(await isVerified(s3, request, body, response, { status: 501, code: "NotImplemented" }))) return;
    if (claimed(request).accessKey !== this.rootAccessKey) {
      return sendS3Error(
        response,
        403,
        "AccessDenied",
        "Access Denied: in the local cloud only root may use this configuration",
      );
    }
    switch (request.method) {
      case "GET":
        return this.get(target, response);
      case "PUT":
        return this.put(target, body.toString(), request.headers[minimumSizeHeader], response);
      case "DELETE":
        this.set(target, undefined);
        response.writeHead(204).end();
        return;
      default:
        return sendS3Error(
          response,
          405,
          "MethodNotAllowed",
          `${request.method} ?${target.kind} is not a method of S3`,
        );
    }
  }

  /** Its bucket was deleted. */
  forget(bucket: string): void {
    forgetKey(this.store, bucket);
  }

  reset(): void {
    this.store.reset();
  }

  private get({ bucket, kind }: { bucket: string; kind: string }, response: ServerResponse): void {
    const stored = this.store.state[bucket]?.[kind];
    const { absent } = kinds[kind]!;
    if (stored)
      sendXml(response, 200, stored.xml, stored.minimumSize ? { [minimumSizeHeader]: stored.minimumSize } : {});
    else if ("document" in absent) sendXml(response, 200, absent.document);
    else sendS3Error(response, 404, absent.code, absent.message);
  }

  private put(
    target: { bucket: string; kind: string },
    body: string,
    size: string | string[] | undefined,
    response: ServerResponse,
  ) {
    const xml = body.replace(/^\s*<\?xml[^>]*\?>\s*/, "");
    const { root } = kinds[target.kind]!;
    if (!new RegExp(`^<${root}[\\s/>]`).test(xml)) {
      return sendS3Error(response, 400, "MalformedXML", `expected a document <${root}>`);
    }
    const minimumSize = target.kind === "lifecycle" ? String(size ?? defaultMinimumSize) : undefined;
    this.set(target, { xml, minimumSize });
    response.writeHead(200, minimumSize ? { [minimumSizeHeader]: minimumSize } : {}).end();
  }

  private set({ bucket, kind }: { bucket: string; kind: string }, document: Stored | undefined): void {
    const documents = (this.store.state[bucket] ??= {});
    if (document) documents[kind] = document;
    else delete documents[kind];
    this.store.save();
  }
}
