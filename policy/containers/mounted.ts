import { UNKNOWN, type Resource } from "../core/model";
import { at, listAt } from "../core/values";

/** A folder or socket of the host inside a container. */
export interface HostPath {
  readonly property: string;
  readonly path: string | typeof UNKNOWN;
}

/** What of the host a container is given, by `volumes` and by `mounts` of type bind. */
export function hostPaths(container: Resource): HostPath[] {
  const found: HostPath[] = [];
  const add = (property: string, value: unknown) => {
    if (value === UNKNOWN || (typeof value === "string" && value !== "")) found.push({ property, path: value });
  };
  for (const [list, path] of [
    ["volumes", "hostPath"],
    ["mounts", "source"],
  ] as const) {
    const all = listAt(container, list);
    if (all === UNKNOWN) found.push({ property: list, path: UNKNOWN });
    else
      for (const i of all.keys())
        if (list === "volumes" || at(container, `${list}[${i}].type`) !== "volume")
          add(`${list}[${i}].${path}`, at(container, `${list}[${i}].${path}`));
  }
  return found;
}
