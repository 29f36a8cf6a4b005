import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { z } from "zod";
import { plan } from "../../plan/plan";
import { seconds } from "../../plan/units";
import { ask } from "../ask";
import { from, say, type Statement } from "./statement";

/** Seconds for one question to the store. */
const deadline = 10;

const policyDocument = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Condition: z.record(z.string(), z.unknown()).optional() })),
});

/** How the bucket protects what is in it, as deployed: each is asked of the store itself, not of the program. */
export async function storageStatements(s3: S3Client, bucket: string): Promise<Statement[]> {
  const of = { Bucket: bucket };
  const where = `s3://${bucket}`;
  const days = seconds(plan.retention) / 86_400;
  const [lock, versioning, encryption, access, policy, replication] = await Promise.all([
    ask(deadline, () => s3.send(new GetObjectLockConfigurationCommand(of))),
    ask(deadline, () => s3.send(new GetBucketVersioningCommand(of))),
    ask(deadline, () => s3.send(new GetBucketEncryptionCommand(of))),
    ask(deadline, () => s3.send(new GetPublicAccessBlockCommand(of))),
    ask(deadline, () => s3.send(new GetBucketPolicyCommand(of))),
    ask(deadline, () => s3.send(new GetBucketReplicationCommand(of))),
  ]);
  return [
    from("object-lock", lock, ({ ObjectLockConfiguration: c }) => {
      const mode = c?.Rule?.DefaultRetention?.Mode;
      return {
        holds: c?.ObjectLockEnabled === "Enabled" && mode === "COMPLIANCE",
        evidence: say("objectLock", where, c?.ObjectLockEnabled ?? say("absent"), mode ?? say("none")),
      };
    }),
    from("retention", lock, ({ ObjectLockConfiguration: c }) => {
      const { Days, Years } = c?.Rule?.DefaultRetention ?? {};
      const found = Days ?? (Years ?? 0) * 365;
      return { holds: found >= days, evidence: say("retention", where, found, days) };
    }),
    from("versioning", versioning, ({ Status }) => ({
      holds: Status === "Enabled",
      evidence: say("versioning", where, Status ?? say("absent")),
    })),
    from("encryption", encryption, ({ ServerSideEncryptionConfiguration: c }) => {
      const by = c?.Rules?.map((r) => r.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).filter(Boolean) ?? [];
      return {
        holds: by.length > 0,
        evidence: say("encryption", where, by.join(", ") || say("noEncryption")),
      };
    }),
    from("public-access", access, ({ PublicAccessBlockConfiguration: c = {} }) => {
      const all = [c.BlockPublicAcls, c.BlockPublicPolicy, c.IgnorePublicAcls, c.RestrictPublicBuckets];
      return {
        holds: all.every(Boolean),
        evidence: say("publicAccess", where, all.filter(Boolean).length),
      };
    }),
    from("tls-only", policy, ({ Policy }) => {
      const { Statement } = policyDocument.parse(JSON.parse(Policy ?? "{}"));
      const denied = Statement.some(
        (s) => s.Effect === "Deny" && JSON.stringify(s.Condition ?? {}).includes('"aws:SecureTransport":"false"'),
      );
      return {
        holds: denied,
        evidence: say(denied ? "tlsDenied" : "tlsNotDenied", where),
      };
    }),
    from("replication", replication, ({ ReplicationConfiguration: c }) => {
      const on = c?.Rules?.filter((r) => r.Status === "Enabled") ?? [];
      return {
        holds: on.length > 0,
        evidence:
          on.length > 0
            ? say("replicated", where, on.map((r) => r.Destination?.Bucket).join(", "))
            : say("notReplicated", where),
      };
    }),
  ];
}
