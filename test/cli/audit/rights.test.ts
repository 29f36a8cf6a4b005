import {
  GetUserPolicyCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListUserPoliciesCommand,
  ListUsersCommand,
} from "@aws-sdk/client-iam";
import { afterEach, describe, expect, it, vi } from "vitest";
import { lacking, renderAudit } from "../../../cli/audit/render";
import { verbatim } from "../../../cli/said";
import { rightsStatements } from "../../../cli/audit/rights";
import { says } from "../../../cli/audit/statement";
import { readerPolicy, writerPolicy, type PolicyDocument } from "../../../components/backup/policies";

afterEach(() => vi.restoreAllMocks());

/** IAM that has these users. */
function iamWith(users: Readonly<Record<string, PolicyDocument>>): void {
  vi.spyOn(IAMClient.prototype, "send").mockImplementation((async (command: unknown) => {
    if (command instanceof ListUsersCommand)
      return { Users: [...Object.keys(users), "somebody-else"].map((UserName) => ({ UserName })) };
    if (command instanceof ListAccessKeysCommand)
      return {
        AccessKeyMetadata: [{ AccessKeyId: "AKIA", Status: "Active", CreateDate: new Date("2026-11-01T00:00:00Z") }],
      };
    if (command instanceof ListUserPoliciesCommand) return { PolicyNames: ["policy"] };
    // AWS answers it as a URL's part.
    if (command instanceof GetUserPolicyCommand)
      return { PolicyDocument: encodeURIComponent(JSON.stringify(users[command.input.UserName!])) };
    throw new Error("not asked for here");
  }) as never);
}
const audit = () => rightsStatements({ region: "eu-central-1" }, undefined);
const statement = async (id: string) => {
  const found = (await audit()).statements.find((s) => s.id === id)!;
  return { ...found, evidence: found.evidence("en") };
};

const deployed = {
  "backup-writer-g1-7e1": writerPolicy("backups", 1),
  "backup-reader-g1-0c2": readerPolicy("backups", 1),
};

describe("who may do what with the backups", () => {
  it("is told of every user of theirs, by IAM's own word", async () => {
    iamWith(deployed);
    const { holds, evidence } = await statement("identities");
    expect(holds).toBe(true);
    expect(evidence).toMatch(
      /backup-writer-g1-7e1 \(1 active keys\) reads .*; writes backups\/g1\/\*; deletes backups\/g1\/files\/locks\/\*/,
    );
    expect(evidence).toMatch(/backup-reader-g1-0c2 \(1 active keys\) reads backups\/g1\/\*/);
    expect(evidence).not.toContain("somebody-else");
    const inSpanish = (await audit()).statements.find(({ id }) => id === "identities")!.evidence("es");
    expect(inSpanish).toMatch(/backup-writer-g1-7e1 \(1 claves activas\) lee .*; escribe backups\/g1\/\*; borra /);
    expect((await statement("writer-cannot-destroy")).holds).toBe(true);
  });

  it.each([
    "s3:DeleteObjectVersion",
    "s3:PutObjectRetention",
    "s3:BypassGovernanceRetention",
    "s3:PutBucketPolicy",
    "s3:*",
    "s3:DeleteObject",
  ])("does not hold when a writer has %s", async (action) => {
    const writer = writerPolicy("backups", 1);
    iamWith({
      ...deployed,
      "backup-writer-g1-7e1": {
        ...writer,
        Statement: [
          ...writer.Statement,
          { Sid: "More", Effect: "Allow", Action: [action], Resource: ["arn:aws:s3:::backups/g1/*"] },
        ],
      },
    });
    expect(await statement("writer-cannot-destroy")).toMatchObject({
      holds: false,
      evidence: `backup-writer-g1-7e1: ${action} on arn:aws:s3:::backups/g1/*`,
    });
  });

  it("is not known, and so missing, when IAM does not say", async () => {
    vi.spyOn(IAMClient.prototype, "send").mockRejectedValue(new Error("no route") as never);
    const { statements } = await audit();
    const report = { at: "2026-11-24T00:00:00.000Z", domain: "smarter.test", statements, rights: [] };
    expect(lacking(report).map(({ id }) => id)).toEqual(["identities", "writer-cannot-destroy"]);
    expect(renderAudit(report, "es")).toContain("? Quien escribe respaldos no puede destruirlos");
  });
});

it("lacks nothing when only what is for information does not hold", () => {
  const statements = [
    says("object-lock", true, verbatim("COMPLIANCE")),
    says("plan-deviations", false, verbatim("vault"), false),
  ];
  expect(lacking({ at: "2026-11-24T00:00:00.000Z", domain: "d", statements, rights: [] })).toEqual([]);
});
