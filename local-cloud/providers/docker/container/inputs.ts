import { refuseUnsupported } from "../../compare";
import { isUnknown, type CheckFailure, type Props } from "../../provider";
import { goDuration } from "./duration";

/** What is changed without a new container. The engine's own settings by `POST /containers/ID/update`: */
export const updatable = [
  "restart",
  "maxRetryCount",
  "cpuShares",
  "cpuSet",
  "memory",
  "memoryReservation",
  "memorySwap",
];
/** ... and what concerns the plugin alone. */
export const behaviour = [
  "attach",
  "destroyGraceSeconds",
  "logs",
  "mustRun",
  "removeVolumes",
  "start",
  "wait",
  "waitTimeout",
];

/** Lists whose order means nothing. */
export const sets = [
  "dns",
  "envs",
  "groupAdds",
  "hosts",
  "labels",
  "mounts",
  "networksAdvanced",
  "securityOpts",
  "ulimits",
  "uploads",
  "volumes",
];

const fixed = [
  ...[
    "capabilities",
    "command",
    "cpus",
    "dns",
    "entrypoints",
    "envs",
    "groupAdds",
    "healthcheck",
    "hostname",
    "hosts",
    "image",
    "init",
  ],
  ...[
    "labels",
    "logDriver",
    "logOpts",
    "mounts",
    "name",
    "networkMode",
    "networksAdvanced",
    "ports",
    "privileged",
    "readOnly",
    "securityOpts",
  ],
  ...[
    "shmSize",
    "stopSignal",
    "stopTimeout",
    "sysctls",
    "tmpfs",
    "ulimits",
    "uploads",
    "user",
    "volumes",
    "workingDir",
  ],
];

/** Inputs inside of inputs. */
const nested: Record<string, readonly string[]> = {
  capabilities: ["adds", "drops"],
  healthcheck: ["tests", "interval", "timeout", "startPeriod", "retries"],
  hosts: ["host", "ip"],
  labels: ["label", "value"],
  mounts: ["target", "source", "type", "readOnly", "volumeOptions"],
  networksAdvanced: ["name", "aliases", "ipv4Address"],
  ports: ["internal", "external", "ip", "protocol"],
  ulimits: ["name", "soft", "hard"],
  uploads: ["file", "content", "contentBase64", "source", "sourceHash", "executable", "permissions"],
  "mounts.volumeOptions": ["noCopy"],
  volumes: ["containerPath", "hostPath", "volumeName", "readOnly"],
};

const restarts = ["no", "on-failure", "always", "unless-stopped"];

/** What is wrong with a container's inputs, or not implemented. */
export function checkContainer(resource: string, inputs: Props): CheckFailure[] {
  return [
    ...refuseUnsupported(resource, inputs, [...fixed, ...updatable, ...behaviour]),
    ...Object.entries(nested).flatMap(([key, implemented]) =>
      items(inputs, key.split(".")).flatMap(([path, item]) =>
        refuseUnsupported(resource, item, implemented).map((f) => ({ ...f, property: `${path}.${f.property}` })),
      ),
    ),
    ...checkValues(inputs),
  ];
}

/** The objects at a path of property names, each with where it is; a list stands for its items. Unknown ones are left out. */
function items(parent: Props, [name, ...rest]: readonly string[]): [where: string, item: Props][] {
  const value: unknown = parent[name!];
  const list: [string, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [`${name}[${index}]`, item])
    : [[name!, value]];
  const found = list.filter((entry): entry is [string, Props] => typeof entry[1] === "object" && entry[1] !== null);
  if (rest.length === 0) return found;
  return found.flatMap(([where, item]) => items(item, rest).map(([below, part]): [string, Props] => [`${where}.${below}`, part]));
}

function checkValues(inputs: Props): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const known = (value: unknown) => value !== undefined && !isUnknown(value);
  const { restart, healthcheck } = inputs;
  if (known(restart) && !restarts.includes(restart)) {
    failures.push({
      property: "restart",
      reason: `received ${JSON.stringify(restart)}; allowed: ${restarts.join(", ")}`,
    });
  }
  for (const [where, upload] of items(inputs, ["uploads"])) {
    const given = ["content", "contentBase64", "source"].filter(
      (key) => upload[key] !== undefined && upload[key] !== "",
    );
    if (given.length !== 1) {
      failures.push({
        property: where,
        reason: `received ${given.join(", ") || "none"}; allowed: exactly one of content, contentBase64, source`,
      });
    }
    if (known(upload["permissions"]) && !/^[0-7]{3,4}$/.test(upload["permissions"])) {
      failures.push({
        property: `${where}.permissions`,
        reason: `received ${JSON.stringify(upload["permissions"])}; allowed: octal text, "0640"`,
      });
    }
  }
  for (const key of ["interval", "timeout", "startPeriod"]) {
    const duration = healthcheck?.[key];
    if (known(duration) && goDuration(String(duration)) === undefined) {
      failures.push({
        property: `healthcheck.${key}`,
        reason: `received ${JSON.stringify(duration)}; allowed: a duration with a unit, "1m30s"`,
      });
    }
  }
  return failures;
}
