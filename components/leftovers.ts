import * as pulumi from "@pulumi/pulumi";
import type { HostConnection } from "./host/connection";
import { quote } from "./host/scripts";
import { runOverSsh, type SshHost } from "./host/ssh";

/**
 * A hook that runs before a container or network is created: removes one of the same name and site that an interrupted run left
 * behind (the engine had started it and was killed before it could write its state). Data lives in volumes, which are not touched.
 * @throws Error (which fails the create) when one of that name belongs to somebody else, naming it and the fix.
 */
export function removeLeftover(resource: string, host: HostConnection, kind: "container" | "network", name: string, labels: Readonly<Record<string, string>>): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`${resource}-leftover`, async () => {
    await runOverSsh(await valueOf(host.connection), leftoverScript(kind, name, labels));
  });
}

/** Exits 0 when nothing of that name is there any more. */
export function leftoverScript(kind: "container" | "network", name: string, labels: Readonly<Record<string, string>>): string {
  const ours = Object.entries(labels)
    .map(([k, v]) => `--filter ${quote(`label=${k}=${v}`)}`)
    .join(" ");
  const list = kind === "container" ? "docker ps --all" : "docker network ls";
  const remove = kind === "container" ? `docker stop --time 60 "$id" >/dev/null && docker rm --force "$id" >/dev/null` : `docker network rm "$id" >/dev/null`;
  const named = `--filter ${quote(`name=^/?${name}$`)}`;
  return `set -eu
any=$(${list} --quiet ${named})
[ -n "$any" ] || exit 0
id=$(${list} --quiet ${named} ${ours})
if [ -z "$id" ]; then echo ${quote(`a ${kind} named ${name} is on this host and is not of this site`)} "($any); fix: rename or remove it" >&2; exit 1; fi
${remove}
`;
}

const valueOf = (output: HostConnection["connection"]): Promise<SshHost> =>
  new Promise((resolve) => {
    output.apply((value) => resolve(value as unknown as SshHost));
  });
