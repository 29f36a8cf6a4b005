import { allows, statementsOf } from "../core/policy-document";
import { UNKNOWN, type ResourceRule } from "../core/model";
import { types } from "../core/types";

/** Objects below one generation's prefix: two sites never share a place to write (contracts/generation.ts). */
const belowGeneration = /^arn:aws:s3:::[^/*]+\/g[1-9]\d*\//;

/** A user's rights on objects end at its own generation. NIST AC-6, AC-4. */
export const identityOwnGeneration: ResourceRule = {
  name: "identity-own-generation",
  demands: "A backup identity reaches the objects of one generation alone",
  maps: { nist: ["AC-6", "AC-4"] },
  types: [types.userPolicy],
  *check(resource) {
    const statements = statementsOf(resource);
    if (statements === UNKNOWN) return yield { property: "policy", unknown: true };
    const objects = statements
      .filter(allows)
      .flatMap((s) => s.resources.filter((r) => r.includes("/")).map((r) => ({ sid: s.sid, arn: r })));
    for (const { sid, arn } of objects) {
      if (!belowGeneration.test(arn))
        yield {
          property: `policy.${sid}.Resource`,
          value: arn,
          allowed: "arn:aws:s3:::BUCKET/gN/...",
          fix: "put the generation's prefix in front (contracts/generation.ts)",
        };
    }
    const generations = new Set(objects.flatMap(({ arn }) => /\/(g[1-9]\d*)\//.exec(arn)?.[1] ?? []));
    if (generations.size > 1)
      yield {
        property: "policy",
        value: [...generations],
        allowed: "one generation",
        fix: "make an identity for each",
      };
  },
};
