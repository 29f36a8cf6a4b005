import { bucketAbortedUploads } from "./buckets/aborted-uploads";
import { bucketNoAcl } from "./buckets/acl";
import { bucketCompanionsPresent } from "./buckets/companions";
import { bucketEncryption } from "./buckets/encryption";
import { bucketForceDestroy } from "./buckets/force-destroy";
import { bucketLifecycle } from "./buckets/lifecycle";
import { bucketLockEnabled } from "./buckets/lock-enabled";
import { bucketNoCustomerKeys } from "./buckets/no-customer-keys";
import { bucketNoncurrent } from "./buckets/noncurrent";
import { bucketOwnership } from "./buckets/ownership";
import { bucketPolicyGrantsNothing } from "./buckets/policy-grants-nothing";
import { bucketProtect } from "./buckets/protect";
import { bucketPublicAccess } from "./buckets/public-access";
import { bucketReplicationElsewhere } from "./buckets/replication-elsewhere";
import { bucketReplication } from "./buckets/replication";
import { bucketRetention } from "./buckets/retention";
import { bucketTlsOnly } from "./buckets/tls-only";
import { bucketVersioning } from "./buckets/versioning";
import { identityKeyLimited } from "./identities/key-limited";
import { identityNoWildcard } from "./identities/no-wildcard";
import { identityOneKey } from "./identities/one-key";
import { identityOwnGeneration } from "./identities/own-generation";
import { identityOwnerTag } from "./identities/owner-tag";
import { identitySeparate } from "./identities/separate";
import { identityWriterCannotDestroy } from "./identities/writer-cannot-destroy";
import { hostBackups } from "./hosts/backups";
import { hostBehindFirewall } from "./hosts/behind-firewall";
import { hostDeleteProtection } from "./hosts/delete-protection";
import { dockerKeyPinned } from "./hosts/docker-key-pinned";
import { hostKeyPinned } from "./hosts/key-pinned";
import { hostLabels } from "./hosts/labels";
import { hostNoPasswordLogin } from "./hosts/no-password-login";
import { hostOtherProvider } from "./hosts/other-provider";
import { hostPublicPorts } from "./hosts/public-ports";
import { hostServerType } from "./hosts/server-type";
import { hostSshClosed } from "./hosts/ssh-closed";
import { hostVolumeProtect } from "./hosts/volume-protect";
import { containerCapabilities } from "./containers/capabilities";
import { containerDockerSocket } from "./containers/docker-socket";
import { containerEnv } from "./containers/env";
import { containerHealth } from "./containers/health";
import { containerWaitedFor } from "./containers/waited-for";
import { containerHostFolders } from "./containers/host-folders";
import { containerHostNamespaces } from "./containers/host-namespaces";
import { containerHostNetwork } from "./containers/host-network";
import { imageDigest } from "./containers/image-digest";
import { containerImage } from "./containers/image-of-stack";
import { containerLogs } from "./containers/logs";
import { containerMemory } from "./containers/memory";
import { containerNewPrivileges } from "./containers/new-privileges";
import { containerPids } from "./containers/pids";
import { containerPrivileged } from "./containers/privileged";
import { containerPublishedPorts } from "./containers/published-ports";
import { containerRestart } from "./containers/restart";
import { dnsContentPublic } from "./dns/content-public";
import { dnsOneRecord } from "./dns/one-record";
import { dnsTtl } from "./dns/ttl";
import { planBackupOrReason } from "./plan/backup-or-reason";
import { planCadence } from "./plan/cadence";
import { planCriticalPath } from "./plan/critical-path";
import { planDrillRecent } from "./plan/drill-recent";
import { secretsClearInputs } from "./secrets/clear-inputs";
import { secretsCommandLine } from "./secrets/command-line";
import { secretsCommandLogging } from "./secrets/command-logging";
import type { PolicyRule } from "./core/model";

/** Every policy, by what it is about, in the order of docs/policies.md. */
export const ruleGroups: Readonly<Record<string, readonly PolicyRule[]>> = {
  Buckets: [
    bucketAbortedUploads,
    bucketNoAcl,
    bucketCompanionsPresent,
    bucketEncryption,
    bucketForceDestroy,
    bucketLifecycle,
    bucketLockEnabled,
    bucketNoCustomerKeys,
    bucketNoncurrent,
    bucketOwnership,
    bucketPolicyGrantsNothing,
    bucketProtect,
    bucketPublicAccess,
    bucketReplicationElsewhere,
    bucketReplication,
    bucketRetention,
    bucketTlsOnly,
    bucketVersioning,
  ],
  Identities: [
    identityKeyLimited,
    identityNoWildcard,
    identityOneKey,
    identityOwnGeneration,
    identityOwnerTag,
    identitySeparate,
    identityWriterCannotDestroy,
  ],
  Hosts: [
    hostBackups,
    hostBehindFirewall,
    hostDeleteProtection,
    dockerKeyPinned,
    hostKeyPinned,
    hostLabels,
    hostNoPasswordLogin,
    hostOtherProvider,
    hostPublicPorts,
    hostServerType,
    hostSshClosed,
    hostVolumeProtect,
  ],
  Containers: [
    containerCapabilities,
    containerDockerSocket,
    containerEnv,
    containerHealth,
    containerWaitedFor,
    containerHostFolders,
    containerHostNamespaces,
    containerHostNetwork,
    imageDigest,
    containerImage,
    containerLogs,
    containerMemory,
    containerNewPrivileges,
    containerPids,
    containerPrivileged,
    containerPublishedPorts,
    containerRestart,
  ],
  DNS: [dnsContentPublic, dnsOneRecord, dnsTtl],
  "The plan": [planBackupOrReason, planCadence, planCriticalPath, planDrillRecent],
  Secrets: [secretsClearInputs, secretsCommandLine, secretsCommandLogging],
};

export const rules: readonly PolicyRule[] = Object.values(ruleGroups).flat();
