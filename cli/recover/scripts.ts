import { dataRoot } from "../../components/host/connection";
import { quote } from "../../components/host/scripts";
import { networkName, postgresUid } from "../../components/services/spec";

/** Seconds in which a stopped container must have ended; PostgreSQL writes a checkpoint. */
const stopSeconds = 60;

/** What a recovery is of: a data folder, and its own name. */
export interface Subject {
  readonly folder: string;
  readonly id: string;
}

/** The folders of one recovery: what serves, what is restored beside it, and what is kept. */
export const foldersOf = ({ folder, id }: Subject) => ({
  live: `${dataRoot}/${folder}`,
  fresh: `${dataRoot}/${folder}.new-${id}`,
  damaged: `${dataRoot}/${folder}.damaged-${id}`,
});

/** In the data folder: which recovery brought it. */
export const recoveredMarker = (id: string): string => `.smarteros-recovered-${id}`;

/** Facts of the host, a line each: free bytes, image of the agent, state of the database server. */
export const factsScript = `set -eu
echo "free=$(df -B1 --output=avail ${dataRoot} | tail -n 1 | tr -d ' ')"
echo "image=$(docker inspect --format '{{.Image}}' agent)"
echo "postgres=$(docker inspect --format '{{.State.Status}}' postgres)"`;

/** Stops containers, in parallel; one that is stopped, or was never there, is no error. */
export const stopScript = (names: readonly string[], seconds = stopSeconds): string => `set -eu
for name in ${names.map(quote).join(" ")}; do
  docker stop --time ${seconds} "$name" >/dev/null 2>&1 &
done
wait
for name in ${names.map(quote).join(" ")}; do
  running=$(docker inspect --format '{{.State.Running}}' "$name" 2>/dev/null || echo false)
  [ "$running" = false ] || { echo "$name does not stop; fix: docker kill $name, then run this again" >&2; exit 1; }
done`;

/**
 * A last restore point, made once nobody writes any more and archived before this ends: it holds every write that was acknowledged.
 * Prints its WAL segment. Fails when the server cannot do it in time; nothing depends on it.
 * @param name letters, digits, "-" and ":" only
 */
export const lastPointScript = (name: string, seconds = 20): string => `set -eu
sql() { timeout ${seconds} docker exec --interactive --user ${postgresUid} postgres psql -X -q -At -v ON_ERROR_STOP=1 -d postgres; }
point=$(sql <<'SQL'
select pg_walfile_name(pg_create_restore_point(${quote(name)}));
SQL
)
last=$(sql <<'SQL' | tail -n 1
select pg_current_xact_id();
select pg_walfile_name(pg_switch_wal());
SQL
)
end=$(( $(date +%s) + ${seconds} ))
until [ "$(echo "select coalesce(left(last_archived_wal, 24) >= '$last', false) from pg_stat_archiver" | sql)" = t ]; do
  [ "$(date +%s)" -lt "$end" ] || { echo "WAL segment $last is not archived" >&2; exit 1; }
  sleep 0.2
done
echo "$point"`;

/** Makes an empty folder of the owner and mode of another. Shell words; begun before, it is begun anew. */
const emptyLike = (made: string, like: string): string => `rm -rf ${made}
mkdir -m 0700 ${made}
chown --reference=${like} ${made}
chmod --reference=${like} ${made}`;

/**
 * Puts an empty folder like it in a folder's place, which is kept; one that is kept already is left alone. Killed between any two lines it can
 * be run again.
 * @param live shell word, as `kept`
 * @param before done first, where the folder is still to be moved
 */
export const setAside = (live: string, kept: string, before = ":"): string => `if [ ! -e ${kept} ]; then
${before}
${emptyLike(`${live}.made`, live)}
mv --no-target-directory ${live} ${kept}
fi
[ -e ${live} ] || mv --no-target-directory ${live}.made ${live}`;

/** The empty folder that is restored into, of the same owner as what it is to replace; its own when it is there already. */
export const freshFolderScript = (subject: Subject): string => {
  const { fresh, live, damaged } = foldersOf(subject);
  return `set -eu
[ ! -d ${fresh} ] || exit 0
like=${live}; [ -d "$like" ] || like=${damaged}
${emptyLike(`${fresh}.made`, '"$like"')}
mv --no-target-directory ${fresh}.made ${fresh}`;
};

/**
 * Puts what was restored in the damaged folder's place, which is kept. Killed between any two lines it can be run again. The stack's own
 * mark of a restore goes over: PostgreSQL's container asks for it. Prints the time.
 * @param before done in the restored folder first
 */
export function switchScript(subject: Subject, before = ""): string {
  const { live, fresh, damaged } = foldersOf(subject);
  const marker = recoveredMarker(subject.id);
  return `set -eu
if [ -d ${fresh} ]; then
  [ -f ${fresh}/.smarteros-restored.json ] || { echo "${fresh} holds no finished restore" >&2; exit 1; }
  if [ -d ${live} ] && [ ! -e ${damaged} ]; then${before}
    if [ -f ${live}/.smarteros-restored.json ]; then cp --preserve ${live}/.smarteros-restored.json ${fresh}/.smarteros-restored.json; fi
    touch ${fresh}/${marker}
    sync --file-system ${fresh}
    mv --no-target-directory ${live} ${damaged}
  fi
  [ ! -e ${live} ] || { echo "${live} and ${damaged} are both there; fix: find out what made ${live} since" >&2; exit 1; }
  mv --no-target-directory ${fresh} ${live}
fi
[ -e ${live}/${marker} ] || { echo "${live} is not what recovery ${subject.id} restored; fix: look at ${dataRoot}" >&2; exit 1; }
sync --file-system ${dataRoot}
${now}`;
}

const now = "date -u +%Y-%m-%dT%H:%M:%S.%3NZ";

/**
 * Files that came since a time and that the restored folder lacks go over from the one that it replaces: what rows of the database name
 * must be there (B6). By hard links, of which there is never half a one.
 */
export function carryOver(subject: Subject, since: string): string {
  const { live, fresh } = foldersOf(subject);
  const wanted = `find . -type f -newerct ${quote(since)} ! -name '.smarteros-*' -print0`;
  return `
    ( cd ${live} && ${wanted} | xargs --null --no-run-if-empty cp --archive --link --no-clobber --parents --target-directory=${fresh} )`;
}

/** Puts one restored path in the place of the damaged one, which is kept. Can be run again after each line. Prints the time. */
export function switchPathScript(subject: Subject, path: string): string {
  const { live, fresh, damaged } = foldersOf(subject);
  const [from, to, kept] = [fresh, live, damaged].map((folder) => quote(`${folder}/${path}`));
  return `set -eu
if [ -d ${fresh} ]; then
  [ -f ${fresh}/.smarteros-restored.json ] || { echo "${fresh} holds no finished restore" >&2; exit 1; }
  if [ -e ${from} ]; then
    mkdir -p "$(dirname ${kept})"
    if [ -e ${to} ] && [ ! -e ${kept} ]; then mv --no-target-directory ${to} ${kept}; fi
    [ ! -e ${to} ] || { echo "$(echo ${to}) was made anew meanwhile; fix: move it away, then run this again" >&2; exit 1; }
    part=$(dirname ${quote(path)}); like=.
    ( cd ${fresh} && IFS=/ && for name in $part; do
        like="$like/$name"; [ -e "${live}/$like" ] || { mkdir "${live}/$like"; chown --reference="$like" "${live}/$like"; chmod --reference="$like" "${live}/$like"; }
      done )
    mv --no-target-directory ${from} ${to}
  fi
  sync --file-system ${dataRoot}
  rm -rf ${fresh}
fi
[ -e ${to} ] || { echo "$(echo ${to}) is not there; fix: look at ${damaged}" >&2; exit 1; }
${now}`;
}

/** Starts containers and waits until each is healthy. */
export const startScript = (names: readonly string[], seconds: number): string => `set -eu
docker start ${names.map(quote).join(" ")} >/dev/null
end=$(( $(date +%s) + ${seconds} ))
for name in ${names.map(quote).join(" ")}; do
  until [ "$(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{end}}' "$name")" = healthy ]; do
    [ "$(date +%s)" -lt "$end" ] || { echo "$name is not healthy after ${seconds} s: $(docker logs --tail 5 "$name" 2>&1 | tr '\\n' ' ')" >&2; exit 1; }
    sleep 0.3
  done
done`;

/** Fails when the running server is not on what this recovery restored: Docker would still hold the old folder. */
export const servesScript = (id: string): string =>
  `docker exec postgres test -e /var/lib/postgresql/data/${recoveredMarker(id)} || { echo "PostgreSQL runs on another folder than ${dataRoot}/postgres; fix: docker stop every container that mounts it, then run this again" >&2; exit 1; }`;

/** Removes what a recovery restored that was not put in place: all of it is in the backups. */
export const dropFreshScript = (subject: Subject): string =>
  `docker rm --force ${restoring} >/dev/null 2>&1 || true; rm -rf ${foldersOf(subject).fresh} ${foldersOf(subject).fresh}.made`;

/** The container in which the agent restores. */
export const restoring = "smarteros-recover";

/** Folders that recoveries have kept, with their bytes: "bytes<TAB>path" a line. */
export const keptScript = `for d in ${dataRoot}/*.damaged-*; do [ ! -e "$d" ] || du -sb "$d"; done`;

/** Removes kept folders; each must be one of a recovery. @throws when it is not */
export function releaseScript(paths: readonly string[]): string {
  const strange = paths.find((path) => !/^\/srv\/smarteros\/[a-z-]+\.damaged-[a-z0-9-]+$/.test(path));
  if (strange !== undefined) throw new Error(`${strange}: not a folder that a recovery kept`);
  return `rm -rf ${paths.map(quote).join(" ")}`;
}

/** Names of the site's containers that are not on its network, one a line. */
export const detachedScript = `for id in $(docker ps --all --quiet --filter label=smarteros.service); do
  docker inspect --format '{{.Name}} {{range $n, $_ := .NetworkSettings.Networks}}{{$n}} {{end}}' "$id"
done | grep -v ' ${networkName} ' | sed 's#^/##; s# .*##' || true`;

/** Restarts containers side by side; whether each comes back is for the look at their health that follows. */
export const restartScript = (names: readonly string[]): string =>
  `for name in ${names.map(quote).join(" ")}; do docker restart "$name" >/dev/null & done; wait`;

/** Attaches containers to the site's network, each by its name, without a restart: that would seal Vault. */
export const attachScript = (names: readonly string[]): string => `set -eu
for name in ${names.map(quote).join(" ")}; do docker network connect --alias "$name" ${networkName} "$name"; done`;
