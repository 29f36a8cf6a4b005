import tar from "tar-stream";
import { buffer } from "node:stream/consumers";

/** What a server is told at its first boot, as a provider's metadata service would. */
export interface CloudInitSeed {
  /** A new one makes cloud-init treat the boot as the first. */
  readonly instanceId: string;
  readonly hostname: string;
  /** User data exactly as it was sent, or "". */
  readonly userData: string;
  /** Public keys in OpenSSH format, for root. */
  readonly sshKeys: readonly string[];
}

/** Files of cloud-init's NoCloud data source. JSON is YAML. https://cloudinit.readthedocs.io/en/22.4/topics/datasources/nocloud.html */
export function seedFiles(seed: CloudInitSeed): Record<string, string> {
  const metaData = { "instance-id": seed.instanceId, "local-hostname": seed.hostname, "public-keys": seed.sshKeys };
  return {
    "var/lib/cloud/seed/nocloud/meta-data": `${JSON.stringify(metaData, undefined, 2)}\n`,
    "var/lib/cloud/seed/nocloud/user-data": seed.userData,
  };
}

/** Files as a tar archive for Docker's `putArchive`: path without leading slash -> content. All are root's alone. */
export async function archive(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const pack = tar.pack();
  for (const [name, content] of Object.entries(files)) pack.entry({ name, mode: 0o600 }, content);
  pack.finalize();
  return buffer(pack);
}
