import { expect, it } from "vitest";
import { bucketPolicy, guardPolicy, readerPolicy, writerPolicy } from "../../components/backup/policies";

const allowed = (statements: ReturnType<typeof writerPolicy>["Statement"], action: string) =>
  statements.flatMap((s) => (s.Effect === "Allow" && s.Action.includes(action) ? s.Resource : []));

it("lets the writer clear away lock files and interrupted base backups, in its own generation alone", () => {
  expect(allowed(writerPolicy("b", 2).Statement, "s3:DeleteObject")).toEqual(["arn:aws:s3:::b/g2/files/locks/*", "arn:aws:s3:::b/g2/postgres/backup/*"]);
});

it("does not let the writer hide archived WAL, file data or manifests behind a marker", () => {
  const deletable = allowed(writerPolicy("b", 1).Statement, "s3:DeleteObject").map((r) => r.replace(/\*$/, ""));
  const precious = ["postgres/archive/main/15-1/x", "files/data/ab/abc", "files/snapshots/s", "manifests/m.json", "vault/v.tar"];
  expect(precious.filter((key) => deletable.some((prefix) => `arn:aws:s3:::b/g1/${key}`.startsWith(prefix)))).toEqual([]);
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

it("lets the guard see names and nothing else", () => {
  expect(guardPolicy("b").Statement.map((s) => [s.Effect, s.Action, s.Resource])).toEqual([["Allow", ["s3:ListBucket"], ["arn:aws:s3:::b"]]]);
});

it("denies plain HTTP and customer keys to everybody", () => {
  expect(bucketPolicy("b").Statement.map((s) => [s.Sid, s.Effect, s.Principal])).toEqual([
    ["TlsOnly", "Deny", "*"],
    ["NoCustomerKeys", "Deny", "*"],
  ]);
});
