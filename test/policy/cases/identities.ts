import { readerPolicy, replicationPolicy, writerPolicy } from "../../../components/backup/policies";
import { UNKNOWN, type Resource } from "../../../policy/core/model";
import { types } from "../../../policy/core/types";
import { later, resource, type Case } from "../fixtures";

const of = (document: unknown, type: string = types.userPolicy) => ({
  resources: [resource(type, "w", { policy: JSON.stringify(document) })],
});
const grant = (Action: unknown, Resource: unknown) =>
  of({ Statement: [{ Sid: "S", Effect: "Allow", Action, Resource }] });
const good = [of(writerPolicy("b", 2)), of(readerPolicy("b", 1))];
const unknown = {
  resources: [resource(types.userPolicy, "w", { policy: UNKNOWN })],
  says: [later("aws.iam.UserPolicy w", "policy")],
};

const user = resource(types.user, "writer", { tags: { owner: "smarteros", site: "a.cl" } });
const policy = resource(types.userPolicy, "writer-policy", { user: UNKNOWN }, { uses: { user: [user.urn] } });
const key = (name: string, more: Partial<Resource> = {}) =>
  resource(types.accessKey, name, { user: UNKNOWN }, { uses: { user: [user.urn] }, after: [policy.urn], ...more });

export const identityCases: Record<string, Case> = {
  "identity-no-wildcard": {
    compliant: [...good, of(replicationPolicy("b", "b-replica"), types.rolePolicy)],
    violating: [
      {
        ...grant("s3:*", "arn:aws:s3:::b/g1/*"),
        says: [
          'aws.iam.UserPolicy w, policy.S.Action: received "s3:*"; allowed: actions by their full names; fix: name each action that is used',
        ],
      },
      {
        ...grant("s3:GetObject", "*"),
        says: [
          'aws.iam.UserPolicy w, policy.S.Resource: received "*"; allowed: named buckets and prefixes; fix: name the bucket',
        ],
      },
      {
        ...of({ Statement: [{ Sid: "S", Effect: "Allow", NotAction: "iam:*", Resource: "arn:aws:s3:::b" }] }),
        says: [
          'aws.iam.UserPolicy w, policy.S: received "NotAction, NotResource or NotPrincipal"; allowed: Action and Resource; fix: say what is granted, not what is not',
        ],
      },
    ],
    unknown,
  },
  "identity-own-generation": {
    compliant: good,
    violating: [
      {
        ...grant("s3:PutObject", "arn:aws:s3:::b/*"),
        says: [
          'aws.iam.UserPolicy w, policy.S.Resource: received "arn:aws:s3:::b/*"; allowed: arn:aws:s3:::BUCKET/gN/...; fix: put the generation\'s prefix in front (contracts/generation.ts)',
        ],
      },
      {
        ...grant("s3:PutObject", ["arn:aws:s3:::b/g1/*", "arn:aws:s3:::b/g2/*"]),
        says: [
          'aws.iam.UserPolicy w, policy: received ["g1","g2"]; allowed: one generation; fix: make an identity for each',
        ],
      },
    ],
    unknown,
  },
  "identity-separate": {
    compliant: good,
    violating: [
      {
        ...grant(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::b/g1/*"),
        says: [
          'aws.iam.UserPolicy w, policy: received "reads arn:aws:s3:::b/g1/*, writes arn:aws:s3:::b/g1/*"; allowed: writing, or reading, or metadata alone of what is written; fix: use a BackupIdentity of each role',
        ],
      },
    ],
    unknown,
  },
  "identity-cannot-destroy": {
    compliant: good,
    violating: [
      {
        ...grant("s3:PutObject*", "arn:aws:s3:::b/g1/*"),
        says: [
          'aws.iam.UserPolicy w, policy.S.Action: received ["s3:PutObjectRetention","s3:PutObjectLegalHold"]; allowed: nothing that removes versions or their protection; fix: remove it; retention lets nothing be deleted before its time',
        ],
      },
      {
        ...grant("s3:DeleteObject", ["arn:aws:s3:::b/g1/files/locks/*", "arn:aws:s3:::b/g1/files/*"]),
        says: [
          "aws.iam.UserPolicy w, policy.S.Resource: received \"arn:aws:s3:::b/g1/files/*\"; allowed: s3:DeleteObject (markers) on restic's locks and pgBackRest's base backups alone; fix: narrow the resource",
        ],
      },
    ],
    unknown,
  },
  "identity-owner-tag": {
    compliant: [{ resources: [user] }],
    violating: [
      {
        resources: [resource(types.user, "w", { tags: { site: "a.cl" } })],
        says: ["aws.iam.User w, tags.owner: received nothing; allowed: a name; fix: set tags.owner"],
      },
    ],
    unknown: {
      resources: [resource(types.user, "w", { tags: { site: UNKNOWN } })],
      says: [
        "aws.iam.User w, tags.owner: received nothing; allowed: a name; fix: set tags.owner",
        later("aws.iam.User w", "tags.site"),
      ],
    },
  },
  "identity-key-limited": {
    compliant: [{ resources: [user, policy, key("k")] }],
    violating: [
      {
        resources: [user, policy, key("k", { after: [] })],
        says: [
          "aws.iam.AccessKey k, options.dependsOn: received nothing; allowed: the UserPolicy of writer; fix: let the key depend on the policy, so that it never exists without limits",
        ],
      },
      {
        resources: [resource(types.accessKey, "k", { user: "root-like" })],
        says: [
          'aws.iam.AccessKey k, user: received "root-like"; allowed: a User of this stack, with an owner tag; fix: use components/backup-identity.ts',
        ],
      },
    ],
    unknown: {
      resources: [resource(types.accessKey, "k", { user: UNKNOWN })],
      says: [
        'aws.iam.AccessKey k, user: received "[known at update]"; allowed: a User of this stack, with an owner tag; fix: use components/backup-identity.ts',
      ],
    },
  },
  "identity-one-key": {
    compliant: [{ resources: [user, key("k")] }],
    violating: [
      {
        resources: [user, key("k"), key("l")],
        says: [
          'aws.iam.User writer, AccessKey: received ["k","l"]; allowed: one key; fix: give the second purpose a user of its own',
        ],
      },
    ],
    unknown: {
      resources: [user, key("k"), key("l")],
      says: [
        'aws.iam.User writer, AccessKey: received ["k","l"]; allowed: one key; fix: give the second purpose a user of its own',
      ],
    },
  },
};
