import { dataRoot } from "../../components/host/paths";
import { quote } from "../../components/host/scripts";
import { setAside } from "../recover/scripts";

/** What a folder of an earlier life is kept as, beside the new one. */
export const keptAs = (folder: string, generation: number): string => `${folder}.before-g${generation}`;

/** That nothing of an earlier life is left. */
const doneMark = (generation: number): string => `${dataRoot}/.cleared-g${generation}`;

/**
 * Moves the data of an earlier life aside, so that the new generation is restored onto empty folders; nothing is deleted. Done once for this
 * generation it is not done again: what is there then is its own, seeded or restored. Killed between any two lines it can be run again. Prints the folders.
 * Fails when a container of the site runs on the host.
 * @param sets data folders below the data root
 */
export function clearScript(domain: string, generation: number, sets: readonly string[]): string {
  return `set -eu
running=$(docker ps --filter ${quote(`label=smarteros.site=${domain}`)} --format '{{.Names}}' | paste --serial --delimiters=' ')
[ -z "$running" ] || { echo "containers of ${domain} run on this host: $running; fix: it must not be the site that serves" >&2; exit 1; }
[ ! -e ${doneMark(generation)} ] || exit 0
for set in ${sets.map(quote).join(" ")}; do
  live=${dataRoot}/$set; kept=${keptAs("$live", generation)}
  if [ ! -e "$kept" ] && [ -z "$(ls -A "$live")" ]; then continue; fi
${setAside('"$live"', '"$kept"', 'echo "$set"')}
done
touch ${doneMark(generation)}`;
}
