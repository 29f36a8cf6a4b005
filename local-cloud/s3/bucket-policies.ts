import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { forgetKey, StateFile } from "../emulator/state-file";
import { endToEnd, forward, type Upstream } from "../tls-front";
import { rootClient, type RootKeys } from "./root-client";
import { claimed, readSmallBody } from "./signed";
import { sendS3Error } from "./xml";

/** The header of a request that brings its own encryption key (SSE-C). */
const customerKeyHeader = "x-amz-server-side-encryption-customer-algorithm";

interface Statement {
  readonly Effect?: string;
  readonly Condition?: Record<string, Record<string, unknown>>;
}
interface Policy {
  readonly Statement?: Statement | Statement[];
}

/**
 * Bucket policies. versitygw enforces them, but refuses a condition on SSE-C, and would store such a request's object without encrypting
 * it. So a statement that denies SSE-C is enforced here, and versitygw gets the others; whoever reads the policy gets it as it was put.
 * SSE-C itself is not implemented: where no policy denies it, it answers 501.
 */
export class BucketPolicies {
  /** By bucket: the whole policies of which versitygw has only a part. */
  private readonly store: StateFile<Record<string, string>>;

  constructor(
    file: string,
    private readonly root: RootKeys,
  ) {
    this.store = new StateFile<Record<string, string>>(file, () => ({}));
  }

  /** The bucket whose policy a request is about. */
  match(url: URL): string | undefined {
    const [bucket, ...key] = url.pathname.slice(1).split("/");
    return key.join("") === "" && url.searchParams.has("policy") ? bucket : undefined;
  }

  async handle(bucket: string, s3: Upstream, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readSmallBody(request);
    const upstream = await forward(s3, request, body);
    const answer = await buffer(upstream);
    const status = upstream.statusCode!;
    const whole = this.store.state[bucket];

    // versitygw looks at conditions only after it has verified the signature and the right to put a policy.
    if (request.method === "PUT" && status === 400 && answer.includes("invalid condition key")) {
      const others = withoutCustomerKeyDeny(body.toString());
      if (others) return this.putPart(bucket, body.toString(), others, s3, request, response);
    }
    if (request.method === "GET" && whole && (status === 200 || answer.includes("NoSuchBucketPolicy"))) {
      response.writeHead(200, { "content-type": "application/json" }).end(whole);
      return;
    }
    if (request.method !== "GET" && status < 300) this.forget(bucket);
    response.writeHead(status, endToEnd(upstream.rawHeaders) as never).end(answer);
  }

  /** Answers a request that brings its own key; false when it brings none. */
  refuseCustomerKey(url: URL, request: IncomingMessage, response: ServerResponse): boolean {
    if (!(customerKeyHeader in request.headers)) return false;
    request.resume();
    const [, bucket = ""] = url.pathname.split("/");
    if (bucket in this.store.state)
      sendS3Error(response, 403, "AccessDenied", "Access Denied: the bucket's policy denies SSE-C");
    else sendS3Error(response, 501, "NotImplemented", "the local cloud does not implement SSE-C");
    return true;
  }

  forget(bucket: string): void {
    forgetKey(this.store, bucket);
  }

  reset(): void {
    this.store.reset();
  }

  private async putPart(
    bucket: string,
    whole: string,
    others: Policy & { Statement: Statement[] },
    s3: Upstream,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const client = rootClient(s3, this.root, claimed(request).region);
    try {
      if (others.Statement.length === 0) await client.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
      else await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(others) }));
    } catch (error) {
      return sendS3Error(response, 400, (error as Error).name, (error as Error).message);
    } finally {
      client.destroy();
    }
    this.store.state[bucket] = whole;
    this.store.save();
    response.writeHead(204).end();
  }
}

/** The policy without its statements that deny SSE-C; undefined when it has none, or is no JSON. */
function withoutCustomerKeyDeny(text: string): (Policy & { Statement: Statement[] }) | undefined {
  let policy: Policy;
  try {
    policy = JSON.parse(text) as Policy;
  } catch {
    return undefined; // versitygw's own answer to it stands.
  }
  const all = [policy.Statement ?? []].flat();
  const others = all.filter((statement) => !deniesCustomerKeys(statement));
  return others.length < all.length ? { ...policy, Statement: others } : undefined;
}

/** `{"Effect": "Deny", "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}}`, and nothing else in it. */
function deniesCustomerKeys({ Effect, Condition = {} }: Statement): boolean {
  const conditions = Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => [operator, key, value]),
  );
  const [[operator, key, value] = []] = conditions;
  return (
    Effect === "Deny" &&
    conditions.length === 1 &&
    operator === "Null" &&
    String(key).toLowerCase() === `s3:${customerKeyHeader}` &&
    String(value) === "false"
  );
}
