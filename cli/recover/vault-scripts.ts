import { quote } from "../../components/host/scripts";
import { networkName } from "../../components/services/spec";
import { attachScript, foldersOf, setAside, type Subject } from "./scripts";

/** The network that Vault alone is on while it is hardened: it leads nowhere, and whoever may run a container on the host joins it. */
export const apart = "smarteros-vault-apart";

const networksOfVault = `networks=" $(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' vault) "`;

/**
 * Takes Vault off every network but one of its own, and starts it: a server that was stopped is sealed, and needs no token for that. (One
 * that is on no network at all, Docker would start on its default one.)
 */
export const isolateScript = `set -eu
docker network inspect ${apart} >/dev/null 2>&1 || docker network create --internal ${apart} >/dev/null
${networksOfVault}
case "$networks" in *" ${apart} "*) ;; *) docker network connect --alias vault ${apart} vault ;; esac
for name in $networks; do [ "$name" = ${apart} ] || docker network disconnect --force "$name" vault; done
docker start vault >/dev/null`;

/** Back on the site's network, and on no other. No restart: that would seal it. */
export const reopenScript = `set -eu
${networksOfVault}
case "$networks" in *" ${networkName} "*) ;; *) ${attachScript(["vault"]).replaceAll("\n", "; ")} ;; esac
case "$networks" in *" ${apart} "*) docker network disconnect --force ${apart} vault ;; esac
docker network rm ${apart} >/dev/null 2>&1 || ! docker network inspect ${apart} >/dev/null 2>&1
date -u +%Y-%m-%dT%H:%M:%S.%3NZ`;

/** An empty folder in the place of the compromised one, which is kept. Can be run again after each line. */
export function setAsideScript(subject: Subject): string {
  const { live, damaged } = foldersOf(subject);
  return `set -eu
${setAside(live, damaged, "docker stop vault >/dev/null")}
docker start vault >/dev/null`;
}

/**
 * What the audit log says was read, by the agent: the log's first entry, by which one sees how far back it goes, and those since a time.
 * @param since ISO 8601 @default all there is
 */
export function readsScript(image: string, since: string | null): string {
  const container = "smarteros-vault-reads";
  const log = (options: string) => `docker logs ${options}vault 2>/dev/null`;
  const lines =
    since === null ? log("") : `{ ${log("")} | grep -m 1 '^{' || true; ${log(`--since ${quote(since)} `)}; }`;
  return `docker rm --force ${container} >/dev/null 2>&1 || true
${lines} | docker run --rm --interactive --name ${container} --log-driver none --network none --cap-drop ALL --security-opt no-new-privileges ${quote(image)} vault-reads${since === null ? "" : ` --since ${quote(since)}`}`;
}
