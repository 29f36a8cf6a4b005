import * as aws from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import type { IdentityRole } from "./backup/names";
import { guardPolicy, readerPolicy, writerPolicy } from "./backup/policies";

export interface BackupIdentityArgs {
  readonly bucket: string;
  /** Generation that a writer writes, or a reader reads. */
  readonly generation: number;
  readonly role: IdentityRole;
  readonly tags: Readonly<Record<string, string>>;
  /** Another time is another key: the new one is made and handed out before the old one goes. ISO 8601. @default the identity's first key */
  readonly keyMadeAt?: string;
}

/**
 * One name, so that the policy which an interrupted run left is written over by the next: a user's policies may have 2,048 characters
 * together (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
 */
const policyName = "backups";

/**
 * A key of its own for one purpose on one generation: a writer that can neither read the data it wrote nor delete it, a reader that can
 * write nothing, or a guard that sees names alone.
 */
export class BackupIdentity extends pulumi.ComponentResource {
  public readonly accessKey: pulumi.Output<string>;
  /** Secret. */
  public readonly secretKey: pulumi.Output<string>;

  constructor(name: string, args: BackupIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smarteros:backup:BackupIdentity", name, {}, opts);
    // The user's name ends in a random suffix: an interrupted run's user is never in the way of the next one.
    const user = new aws.User(name, { tags: { ...args.tags, role: args.role, generation: String(args.generation) } }, { parent: this });
    const document = { writer: writerPolicy, reader: readerPolicy, guard: guardPolicy }[args.role](args.bucket, args.generation);
    const policy = new aws.UserPolicy(`${name}-policy`, { name: policyName, user: user.name, policy: JSON.stringify(document) }, { parent: this });
    // The key appears only once its limits are in place.
    const key = new aws.AccessKey(keyName(name, args.keyMadeAt), { user: user.name }, { parent: this, dependsOn: [policy] });
    this.accessKey = key.id;
    this.secretKey = pulumi.secret(key.secret);
    this.registerOutputs({ accessKey: this.accessKey });
  }
}

/**
 * Resource name of a key. The engine makes what is new, then updates who uses it, and deletes what is gone at the very end: so both keys are
 * valid meanwhile, which is all that IAM allows (two keys a user).
 * @example keyName("backup-writer-g1", "2026-11-24T19:05:00.000Z") === "backup-writer-g1-key-20261124t190500z"
 */
export const keyName = (identity: string, madeAt?: string): string =>
  `${identity}-key${madeAt === undefined ? "" : `-${madeAt.replaceAll(/[-:]|\.\d+/g, "").toLowerCase()}`}`;
