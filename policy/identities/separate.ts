import { actionCovers, allows, covers, statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

/**
 * Who writes backups cannot read the data back: a stolen writer's key discloses nothing. The repositories' own metadata, which pgBackRest and
 * restic read, are narrower than what is written (docs/decisions/s3-rights.md). NIST AC-5, AC-6.
 */
export const identitySeparate: ResourceRule = {
  name: "identity-separate",
  demands: "The writer of backups is not their reader",
  maps: { nist: ["AC-5", "AC-6"] },
  types: [types.userPolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    const granted = statements.filter(allows);
    const reach = (action: string) =>
      granted.filter((s) => s.actions.some((a) => actionCovers(a, action))).flatMap((s) => s.resources);
    const written = reach("s3:PutObject");
    for (const read of new Set([...reach("s3:GetObject"), ...reach("s3:GetObjectVersion")])) {
      const both = written.find((w) => covers(read, w));
      if (both !== undefined)
        yield {
          property: "policy",
          value: `reads ${read}, writes ${both}`,
          allowed: "writing, or reading, or metadata alone of what is written",
          fix: "use a BackupIdentity of each role",
        };
    }
  },
};
