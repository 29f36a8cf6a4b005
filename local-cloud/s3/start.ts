import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Pki } from "../pki";
import { answerFailures, forward, proxyTo, relay, startTlsFront, type TlsFront, type Upstream } from "../tls-front";
import { BucketDocuments } from "./bucket-documents";
import { startVersitygw } from "./versitygw";

export interface S3Args {
  /** Where everything is kept: buckets, versions, identities, documents, logs. */
  readonly dir: string;
  /** Path of the versitygw executable. */
  readonly versitygw: string;
  /** Addresses to listen on; each must exist already. @example ["127.10.0.1", "172.30.0.1"] */
  readonly hostnames: readonly string[];
  /** Port of S3 and S3 Control; 0 takes a free one. */
  readonly port: number;
  /** Port of IAM and STS; 0 takes a free one. */
  readonly iamPort: number;
  readonly pki: Pki;
  readonly rootAccessKey: string;
  readonly rootSecretKey: string;
  readonly region: string;
}

export interface S3 {
  readonly port: number;
  readonly iamPort: number;
  close(): Promise<void>;
  /** No bucket, no identity, no document; it listens all the while. */
  reset(): Promise<void>;
}

/**
 * S3, S3 Control (tags), IAM and STS of the emulated AWS account, over TLS: versitygw, with what it lacks put before it.
 * Buckets are addressed by path. Listens when it returns.
 */
export async function startS3(args: S3Args): Promise<S3> {
  const gateway = await startVersitygw(args);
  const fronts: TlsFront[] = [];
  const close = async () => {
    await Promise.all(fronts.map((front) => front.close()));
    await gateway.close();
  };
  try {
    const documents = new BucketDocuments(join(args.dir, "documents.json"), gateway.s3, args.rootAccessKey);
    const { hostnames, pki } = args;
    const s3 = await startTlsFront({
      hostnames,
      port: args.port,
      pki,
      handler: s3Handler(gateway.s3, documents),
    });
    fronts.push(s3);
    const iam = await startTlsFront({ hostnames, port: args.iamPort, pki, handler: proxyTo(gateway.iamSocket) });
    fronts.push(iam);
    return {
      port: s3.port,
      iamPort: iam.port,
      close,
      reset: async () => {
        await gateway.reset();
        documents.reset();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function s3Handler(s3: Upstream, documents: BucketDocuments) {
  return answerFailures(async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, "http://any");
    const target = documents.match(url);
    if (target) return documents.handle(target, request, response);

    const upstream = await forward(s3, request);
    if (request.method === "DELETE" && upstream.statusCode === 204 && url.search === "") {
      const [bucket, ...key] = url.pathname.slice(1).split("/");
      if (bucket && key.join("") === "") documents.forget(bucket);
    }
    return relay(upstream, response);
  });
}
