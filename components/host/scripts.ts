import { copySetup } from "./configuration";
import { dataRoot } from "./paths";

/** A data folder below the data root, and the uid (and gid) of the container that writes there. */
export interface DataFolder {
  readonly set: string;
  readonly uid: number;
  /** Octal. @default "0750" */
  readonly mode?: string;
}

/** One shell word. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Makes a host ready: waits for cloud-init (when the host has it), mounts the data volume (when there is one), creates the data folders
 * and waits for the Docker Engine; the host's configuration is copied for its backup from then on. Run again it changes nothing. Each wait has
 * its deadline and says what did not come.
 */
export function readyScript(folders: readonly DataFolder[], volumeDevice?: string): string {
  const mount = volumeDevice
    ? `
device=${quote(volumeDevice)}
if ! mountpoint -q ${dataRoot}; then
  wait_for 90 "the data volume $device" test -b "$device"
  mkdir -p ${dataRoot}
  mount -o discard,noatime "$device" ${dataRoot}
fi
grep -qs " ${dataRoot} " /etc/fstab || echo "$device ${dataRoot} ext4 discard,noatime,nofail 0 2" >> /etc/fstab`
    : `
mkdir -p ${dataRoot}`;
  return `set -eu
wait_for() { # seconds, what, command...
  deadline=$(( $(date +%s) + $1 )); what=$2; shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$(date +%s)" -ge "$deadline" ]; then echo "host: $what did not come in time" >&2; exit 1; fi
    sleep 0.5
  done
}
if command -v cloud-init >/dev/null; then
  cloud-init status --wait >/dev/null || { echo "host: cloud-init failed:" >&2; cloud-init status --long >&2; exit 1; }
fi${mount}
${folders.map((f) => `[ -d ${dataRoot}/${f.set} ] || install -d -m ${f.mode ?? "0750"} -o ${f.uid} -g ${f.uid} ${dataRoot}/${f.set}`).join("\n")}
${copySetup()}
wait_for 120 "the Docker Engine" docker info
echo "ready: $(docker info --format '{{.ServerVersion}}'), $(df -B1 --output=avail ${dataRoot} | tail -n 1 | tr -d ' ') bytes free"
`;
}

/** cloud-init user data of a server: its own host key (so that it can be pinned before it exists), Docker, no passwords. */
export function userData(hostKeyPrivate: string, hostKeyPublic: string): string {
  const indent = (text: string) => text.trimEnd().split("\n").map((l) => `    ${l}`).join("\n");
  return `#cloud-config
locale: C.UTF-8
resize_rootfs: false
disable_root: false
ssh_pwauth: false
ssh_deletekeys: true
ssh_keys:
  ed25519_private: |
${indent(hostKeyPrivate)}
  ed25519_public: ${hostKeyPublic}
package_update: true
packages: [docker.io, cron]
write_files:
  - path: /etc/docker/daemon.json
    permissions: "0644"
    content: |
      {"live-restore": true, "log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}}
`;
}
