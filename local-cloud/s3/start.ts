import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { Pki } from "../pki";
import { answerFailures, forward, relay, startTlsFront, type TlsFront } from "../tls-front";
import { BucketDocuments } from "./bucket-documents";
import { BucketPolicies } from "./bucket-policies";
import { iamHandler } from "./iam-front";
import { isBucketTags, listBucketTags } from "./s3-control";
import type { RootKeys } from "./root-client";
import { claimed } from "./signed";
import { listsVersions, relayVersions } from "./version-times";
import { Versitygw } from "./versitygw";
import { sendS3Error } from "./xml";

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
  /** The region that is there at once; another one is when a request is first signed for it. */
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
 * S3 in every region, S3 Control (tags), IAM and STS of the emulated AWS account, over TLS: versitygw, with what it lacks put
 * before it. All regions answer at one address, each to the requests that are signed for it. Buckets are addressed by path.
 * Listens when it returns.
 */
export async function startS3(args: S3Args): Promise<S3> {
  const gateway = await Versitygw.start(args);
  const fronts: TlsFront[] = [];
  const close = async () => {
    await Promise.all(fronts.map((front) => front.close()));
    await gateway.close();
  };
  try {
    const documents = new BucketDocuments(join(args.dir, "documents.json"), args.rootAccessKey);
    const policies = new BucketPolicies(join(args.dir, "policies.json"), args);
    const { hostnames, pki } = args;
    const s3 = await startTlsFront({
      hostnames,
      port: args.port,
      pki,
      handler: s3Handler(gateway, documents, policies, args),
    });
    fronts.push(s3);
    const iam = await startTlsFront({ hostnames, port: args.iamPort, pki, handler: iamHandler(gateway.iamSocket) });
    fronts.push(iam);
    return {
      port: s3.port,
      iamPort: iam.port,
      close,
      reset: async () => {
        await gateway.reset();
        documents.reset();
        policies.reset();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function s3Handler(gateway: Versitygw, documents: BucketDocuments, policies: BucketPolicies, root: RootKeys) {
  return answerFailures(async (request: IncomingMessage, response: ServerResponse) => {
    const { region } = claimed(request);
    const s3 = await gateway.s3(region);
    if (!s3) return sendS3Error(response, 400, "AuthorizationHeaderMalformed", `there is no region "${region}"`);
    const url = new URL(request.url!, "http://any");
    const document = documents.match(url);
    if (document) return documents.handle(document, s3, request, response);
    const policyOf = policies.match(url);
    if (policyOf) return policies.handle(policyOf, s3, request, response);
    if (isBucketTags(url)) return listBucketTags(s3, root, request, response);
    if (policies.refuseCustomerKey(url, request, response)) return;

    const upstream = await forward(s3, request);
    if (request.method === "DELETE" && upstream.statusCode === 204 && url.search === "") {
      const [bucket, ...key] = url.pathname.slice(1).split("/");
      if (bucket && key.join("") === "") for (const kept of [documents, policies]) kept.forget(bucket);
    }
    return listsVersions(request.method, url) ? relayVersions(upstream, response) : relay(upstream, response);
  });
}
