/** Pulumi's names of the resource types that policies speak of. Strings: importing the SDKs would cost each preview over a second. */
export const types = {
  bucket: "aws:s3/bucket:Bucket",
  bucketAcl: "aws:s3/bucketAcl:BucketAcl",
  bucketVersioning: "aws:s3/bucketVersioning:BucketVersioning",
  bucketLock: "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  bucketLifecycle: "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  bucketEncryption: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  bucketPublicAccess: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  bucketPolicy: "aws:s3/bucketPolicy:BucketPolicy",
  bucketOwnership: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  bucketReplication: "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
  user: "aws:iam/user:User",
  userPolicy: "aws:iam/userPolicy:UserPolicy",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
  accessKey: "aws:iam/accessKey:AccessKey",
  server: "hcloud:index/server:Server",
  firewall: "hcloud:index/firewall:Firewall",
  volume: "hcloud:index/volume:Volume",
  sshKey: "hcloud:index/sshKey:SshKey",
  container: "docker:index/container:Container",
  image: "docker:index/remoteImage:RemoteImage",
  dnsRecord: "cloudflare:index/dnsRecord:DnsRecord",
  remoteCommand: "command:remote:Command",
  localCommand: "command:local:Command",
  copyToRemote: "command:remote:CopyToRemote",
  dockerProvider: "pulumi:providers:docker",
} as const;

/** What every bucket of backups comes with. */
export const bucketCompanions = {
  [types.bucketVersioning]: "BucketVersioning",
  [types.bucketLock]: "BucketObjectLockConfiguration",
  [types.bucketLifecycle]: "BucketLifecycleConfiguration",
  [types.bucketEncryption]: "BucketServerSideEncryptionConfiguration",
  [types.bucketPublicAccess]: "BucketPublicAccessBlock",
  [types.bucketPolicy]: "BucketPolicy",
  [types.bucketOwnership]: "BucketOwnershipControls",
} as const;

/** @example shortType("aws:s3/bucket:Bucket") === "aws.s3.Bucket" */
export function shortType(type: string): string {
  const [provider = "", module = "", name = ""] = type.split(":");
  const folder = module.split("/")[0] ?? "";
  return [provider, folder === "index" ? "" : folder, name].filter(Boolean).join(".");
}
