import { expect, it } from "vitest";
import { bucketPolicy, readerPolicy, writerPolicy } from "../../components/backup/policies";

const allowed = (statements: ReturnType<typeof writerPolicy>["Statement"], action: string) =>
  statements.flatMap((s) => (s.Effect === "Allow" && s.Action.includes(action) ? s.Resource : []));

it("lets the writer delete lock files and pgBackRest's link, in its own generation alone", () => {
  expect(allowed(writerPolicy("b", 2).Statement, "s3:DeleteObject")).toEqual(["arn:aws:s3:::b/g2/files/locks/*", "arn:aws:s3:::b/g2/postgres/backup/*/latest"]);
});

it("lets neither writer nor reader touch a version, a retention or a policy", () => {
  const actions = [writerPolicy("b", 1), readerPolicy("b", 1)].flatMap((p) => p.Statement.flatMap((s) => s.Action));
  expect(actions.filter((a) => /DeleteObjectVersion|Retention|PutBucket|\*/.test(a))).toEqual([]);
  expect(readerPolicy("b", 1).Statement.flatMap((s) => s.Action).filter((a) => /Put|Delete/.test(a))).toEqual([]);
});

it("does not let the writer read the data it wrote", () => {
  const readable = allowed(writerPolicy("b", 1).Statement, "s3:GetObject");
  expect(readable.filter((r) => r.includes("files/data") || r === "arn:aws:s3:::b/g1/*")).toEqual([]);
});

it("denies plain HTTP and customer keys to everybody", () => {
  expect(bucketPolicy("b").Statement.map((s) => [s.Sid, s.Effect, s.Principal])).toEqual([
    ["TlsOnly", "Deny", "*"],
    ["NoCustomerKeys", "Deny", "*"],
  ]);
});
