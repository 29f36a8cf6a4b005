import type { IncomingMessage, ServerResponse } from "node:http";
import { GetBucketTaggingCommand } from "@aws-sdk/client-s3";
import type { Upstream } from "../tls-front";
import { rootClient, type RootKeys } from "./root-client";
import { claimed, isVerified, readSmallBody } from "./signed";
import { escapeXml, sendS3Error, sendXml } from "./xml";

const tagsPath = /^\/v20180820\/tags\/(.+)$/;

/** Whether a request is about tags of S3 Control (API version 2018-08-20). */
export const isBucketTags = (url: URL) => tagsPath.test(url.pathname);

/**
 * `ListTagsForResource` of S3 Control, by which the real provider plugin reads a bucket's tags; for root alone. Everything else of
 * S3 Control answers 501.
 */
export async function listBucketTags(
  s3: Upstream,
  root: RootKeys,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET") {
    return sendS3Error(
      response,
      501,
      "NotImplemented",
      `the local cloud's S3 Control does not implement ${request.method} of tags`,
    );
  }
  // To versitygw this is the object of a bucket that cannot be: it says so to whoever signed rightly.
  const body = await readSmallBody(request);
  if (!(await isVerified(s3, request, body, response, { status: 404, code: "NoSuchBucket" }))) return;
  const { accessKey, region } = claimed(request);
  if (accessKey !== root.rootAccessKey) {
    return sendS3Error(response, 403, "AccessDenied", "Access Denied: in the local cloud only root may use S3 Control");
  }
  const arn = decodeURIComponent(tagsPath.exec(new URL(request.url!, "http://any").pathname)![1]!);
  const bucket = arn.split(/[:/]/).at(-1)!;
  const client = rootClient(s3, root, region);
  try {
    const { TagSet = [] } = await client.send(new GetBucketTaggingCommand({ Bucket: bucket }));
    sendTags(response, TagSet);
  } catch (error) {
    const { name, message } = error as Error;
    if (name === "NoSuchTagSet") return sendTags(response, []);
    sendS3Error(response, 404, name, message);
  } finally {
    client.destroy();
  }
}

function sendTags(
  response: ServerResponse,
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[],
): void {
  const items = tags.map(
    (tag) => `<Tag><Key>${escapeXml(tag.Key ?? "")}</Key><Value>${escapeXml(tag.Value ?? "")}</Value></Tag>`,
  );
  const xmlns = "http://awss3control.amazonaws.com/doc/2018-08-20/";
  sendXml(
    response,
    200,
    `<ListTagsForResourceResult xmlns="${xmlns}"><Tags>${items.join("")}</Tags></ListTagsForResourceResult>`,
  );
}
