import { copiedMark } from "../../contracts/agent";
import { hostCopyEvery } from "../../plan/graph";
import { plan } from "../../plan/plan";
import { dataRoot } from "./paths";

/** Files and folders of a Debian host that say how it was set up. What a host lacks is passed over. */
const kept = [
  "/etc/hostname",
  "/etc/hosts",
  "/etc/fstab",
  "/etc/timezone",
  "/usr/lib/os-release",
  "/etc/passwd", // without passwords: those are in /etc/shadow
  "/etc/group",
  "/etc/sudoers",
  "/etc/sudoers.d",
  "/etc/docker/daemon.json",
  "/etc/ssh/sshd_config",
  "/etc/ssh/sshd_config.d",
  "/root/.ssh/authorized_keys",
  "/etc/systemd/system",
  "/etc/systemd/network",
  "/etc/systemd/timesyncd.conf",
  "/etc/crontab",
  "/etc/cron.d",
  "/etc/cron.daily",
  "/etc/cron.hourly",
  "/etc/cron.weekly",
  "/etc/cron.monthly",
  "/var/spool/cron/crontabs",
  "/etc/network/interfaces",
  "/etc/network/interfaces.d",
  "/etc/netplan",
  "/etc/nftables.conf",
  "/etc/iptables",
  "/etc/ufw",
  "/etc/sysctl.conf",
  "/etc/sysctl.d",
  "/etc/modules-load.d",
  "/etc/security/limits.d",
  "/etc/logrotate.d",
  "/etc/apt/sources.list",
  "/etc/apt/sources.list.d",
  "/etc/apt/preferences.d",
  "/etc/apt/apt.conf.d",
  "/usr/local/sbin",
];

/**
 * What a file must not hold to be kept, without regard to case: a private key, a value of a secret's name, a password in an address. Rather too
 * much is left out than too little; what it was is named. (`[K]`: so that the script is not taken for what it looks for.)
 */
const secret =
  "-----BEGIN [A-Z ]*PRIVATE [K]EY|(pass|passwd|password|passphrase|secret|token|credentials?|api_?key|access_?key|private_?key|secret_?key|psk)[\"']? *[=:] *[\"']?[^\"' ]|(password|psk) +[^ ]*[0-9!$]|://[^/@ ]+:[^/@ ]+@";

export interface CopyPlaces {
  /** Where the copy is kept: in `now`, beside its mark. */
  readonly folder: string;
  /** In front of every path that is read. @default "": the host's own */
  readonly root?: string;
}

/**
 * Copies the host's configuration into a data folder: files as they are, and what its programs say of packages, units and firewall. The folder
 * is touched only when something has changed, in one step; its mark is renewed each time. Several at once wait for one another.
 */
export const copyScript = ({ folder, root = "" }: CopyPlaces): string => `#!/bin/sh
# Written by the program, which overwrites it: copies this host's configuration to ${folder}, for its backup.
set -eu
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
umask 077
[ -d ${folder} ] || { echo "${folder} is not there: is the data volume mounted?" >&2; exit 1; }
exec 9>${folder}/.smarteros-copying; flock 9
began=$(date +%s)
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT
say() { # name, command...: what a program says, where there is one
  name=$1; shift
  ! command -v "$1" >/dev/null || "$@" > "$new/$name"
}
mkdir "$new/files"
for path in ${kept.map((path) => root + path).join(" ")}; do
  [ ! -e "$path" ] || find "$path" -name 'ssh_host_*' -prune -o \\( -type f -o -type l \\) -print
done | sort > "$new/paths"
while read -r path; do
  if [ -f "$path" ] && [ ! -L "$path" ] && sed 's/NOPASSWD//g' "$path" | grep -aqiE -e '${secret.replaceAll("'", `'\\''`)}'; then
    echo "\${path#${root}}" >> "$new/left-out"
  else
    mkdir -p "$new/files/$(dirname "\${path#${root}}")"
    cp -a "$path" "$new/files/\${path#${root}}"
  fi
done < "$new/paths"
rm "$new/paths"
say kernel uname -srm
say packages dpkg-query --show --showformat '\${Package} \${Version} \${Architecture}\\n'
say packages-by-hand apt-mark showmanual
[ ! -d /run/systemd/system ] || say units systemctl list-unit-files --state=enabled --no-legend --plain
for table in iptables-save ip6tables-save; do
  say "$table" "$table"
  # Counters and dates always change.
  [ ! -e "$new/$table" ] || sed -i -e '/^#/d' -e 's/ \\[[0-9]*:[0-9]*\\]$//' "$new/$table"
done
say nftables nft --stateless list ruleset
if ! diff -rq --no-dereference "$new" ${folder}/now >/dev/null 2>&1; then
  rm -rf ${folder}/.smarteros-new ${folder}/.smarteros-old
  cp -a "$new" ${folder}/.smarteros-new
  sync -f ${folder}
  [ ! -e ${folder}/now ] || mv ${folder}/now ${folder}/.smarteros-old
  mv ${folder}/.smarteros-new ${folder}/now
  rm -rf ${folder}/.smarteros-old
fi
touch -d "@$began" ${folder}/${copiedMark}
`;

const script = "/usr/local/sbin/smarteros-host-configuration";

/** Minutes of cron: every so many, or the full hour. @param seconds between two runs */
export const cronMinutes = (seconds: number): string => (seconds < 3_600 ? `*/${Math.floor(seconds / 60)}` : "0");

/**
 * Puts the copying script and its schedule on a host, and makes the first copy. What fails here stops nothing: the site serves without it, and
 * a copy that is not made is told by its age.
 */
export function copySetup(): string {
  const schedule = `${cronMinutes(hostCopyEvery(plan))} * * * * root ${script} >/var/log/smarteros-host-configuration.log 2>&1`;
  return `
cat > ${script}.new <<'END-OF-SCRIPT'
${copyScript({ folder: `${dataRoot}/${plan.host.set}` })}END-OF-SCRIPT
chmod 0755 ${script}.new
mv ${script}.new ${script}
mkdir -p /etc/cron.d
echo '${schedule}' > /etc/cron.d/smarteros
command -v cron >/dev/null || echo "host: has no cron, so the copy of its configuration is made now and never again; fix: apt-get install cron" >&2
${script} || echo "host: its configuration was not copied for the backup; fix: ${script}, which says why" >&2`;
}
