import { DeleteObjectsCommand, type S3Client } from "@aws-sdk/client-s3";

/** Keys of one delete request. */
const batch = 500;

/** Without a version id: a marker, never a version. @throws what the store refused */
export async function hide(store: S3Client, Bucket: string, keys: readonly string[]): Promise<void> {
  for (let from = 0; from < keys.length; from += batch) {
    const Objects = keys.slice(from, from + batch).map((Key) => ({ Key }));
    const { Errors = [] } = await store.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
    const [first] = Errors;
    if (first) throw new Error(`s3://${Bucket}/${first.Key}: ${first.Code} ${first.Message}`);
  }
}
