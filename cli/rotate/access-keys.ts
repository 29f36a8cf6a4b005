import { DeleteAccessKeyCommand, ListAccessKeysCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { ListObjectsV2Command, S3ServiceException } from "@aws-sdk/client-s3";
import { identityUserName, type IdentityRole } from "../../components/backup/names";
import { generationLayout } from "../../contracts/generation";
import { s3Client, type StoreAccess } from "../../stacks/backup-store";
import { iamClient } from "../../stacks/iam-client";

/** A key of a user of the backups, as IAM lists it. */
export interface AccessKey {
  readonly role: IdentityRole;
  readonly generation: number;
  readonly user: string;
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly active: boolean;
}

/** How IAM is reached. */
export interface IamArgs {
  readonly access: StoreAccess;
  /** Instead of AWS' own. */
  readonly endpoint?: string | undefined;
  /** Authority of an endpoint that this process does not trust by itself. */
  readonly caPem?: string;
}

const clientOf = ({ access, endpoint, caPem }: IamArgs) => iamClient({ ...access, endpoint }, caPem);

/** Every key of the backups' users, of every generation. @throws the store's error */
export async function accessKeysIn(args: IamArgs, signal?: AbortSignal): Promise<AccessKey[]> {
  const iam = clientOf(args);
  try {
    const { Users = [] } = await iam.send(new ListUsersCommand({}), { abortSignal: signal });
    const owned = Users.flatMap(({ UserName: user = "" }) => {
      const [, role, generation] = identityUserName.exec(user) ?? [];
      return role ? [{ role: role as IdentityRole, generation: Number(generation), user }] : [];
    });
    const keys = await Promise.all(
      owned.map(async ({ user, ...of }) => {
        const listed = await iam.send(new ListAccessKeysCommand({ UserName: user }), { abortSignal: signal });
        return (listed.AccessKeyMetadata ?? []).map(({ AccessKeyId: id = "?", CreateDate, Status }): AccessKey => ({
          ...of,
          user,
          id,
          createdAt: (CreateDate ?? new Date(0)).toISOString(),
          active: Status === "Active",
        }));
      }),
    );
    return keys.flat();
  } finally {
    iam.destroy();
  }
}

/** Both halves of a key. Secret. */
export interface KeyPair {
  readonly s3AccessKey: string;
  readonly s3SecretKey: string;
}

/** Whether S3 still lets a key in: it lists one name of its generation, which each of the roles may. @throws when S3 does not answer */
export async function isAccepted(
  { accessKey: _, secretKey: __, profile: ___, ...store }: StoreAccess,
  bucket: string,
  generation: number,
  key: KeyPair,
  caPem?: string,
): Promise<boolean> {
  const s3 = s3Client({ ...store, accessKey: key.s3AccessKey, secretKey: key.s3SecretKey }, caPem);
  try {
    const { prefix } = generationLayout(generation);
    await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }));
    return true;
  } catch (error) {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html: it knows no such key, which is not that the key may not list.
    if (error instanceof S3ServiceException && error.name === "InvalidAccessKeyId") return false;
    throw error;
  } finally {
    s3.destroy();
  }
}

/** Clocks of IAM and of this machine may differ by so much, in milliseconds. */
const clockDifference = 300_000;

/** @param since ISO 8601, by this machine's clock */
export const isMadeSince = ({ createdAt }: AccessKey, since: string): boolean =>
  Date.parse(createdAt) >= Date.parse(since) - clockDifference;

/**
 * Keys that an engine made and was killed before it noted: of a user in its state, not there themselves, and made since the rotation began.
 * Nobody has their secrets.
 * @param state ids of the users and keys in it; the users of other stacks are theirs @param begun since when each role's key is being replaced, ISO 8601
 */
export const orphans = (
  keys: readonly AccessKey[],
  state: { readonly users: readonly string[]; readonly keys: readonly string[] },
  begun: Readonly<Partial<Record<IdentityRole, string>>>,
): AccessKey[] =>
  keys.filter((key) => {
    const since = begun[key.role];
    const ours = state.users.includes(key.user) && !state.keys.includes(key.id);
    return since !== undefined && ours && isMadeSince(key, since);
  });

/** Takes keys back. @throws the store's error */
export async function deleteKeys(args: IamArgs, keys: readonly AccessKey[]): Promise<void> {
  const iam = clientOf(args);
  try {
    for (const { user, id } of keys) await iam.send(new DeleteAccessKeyCommand({ UserName: user, AccessKeyId: id }));
  } finally {
    iam.destroy();
  }
}
